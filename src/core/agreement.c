/* SPDX-License-Identifier: Apache-2.0 */
#include "core/agreement.h"

#include "base/yaml.h"
#include "core/formread.h"
#include "core/label.h"
#include "core/shown.h"

static enum err
texts(const struct yaml *doc, struct str ret[static LANG__COUNT], struct fault *f)
{
	const char *keys[LANG__COUNT + 1] = {NULL};
	const struct yaml *t;

	for (int l = 0; l < LANG__COUNT; l++)
		keys[l] = lang_tag((enum lang)l);
	TRY(yaml_child(doc, "text", YAML_MAPPING, &t, f));
	TRY(yaml_only(t, keys, f));
	for (int l = 0; l < LANG__COUNT; l++) {
		TRY(yaml_str(t, keys[l], AGREEMENT_TEXT_MAX, &ret[l], f));
		/* Who agrees must have seen every character (S22). */
		if (!shown_whole(ret[l]))
			return yaml_fail(yaml_get(t, keys[l]), E_FIELD_CHARS, keys[l], NULL, f);
	}
	return OK;
}

enum err
agreement_parse(struct arena *a, struct bytes document, struct agreement *ret, struct fault *f)
{
	static const char *const keys[] = {"agreement", "version", "title", "text", NULL};
	struct agreement g = {0};
	const struct yaml *doc;
	int64_t version;

	if (document.n > AGREEMENT_MAX)
		return FAIL_FIELD(
		    f, E_BODY_SIZE, "agreement", "≤ 64 KiB", "%zu octets", document.n);
	TRY(yaml_parse(a, document, &doc, f));
	if (doc->kind != YAML_MAPPING)
		return yaml_fail(doc, E_FIELD_TYPE, "agreement", "mapping", f);
	TRY(yaml_only(doc, keys, f));
	TRY(formread_name(doc, "agreement", &g.id, f));
	TRY(yaml_i64(doc, "version", 1, INT32_MAX, &version, f));
	g.version = (uint32_t)version;
	TRY(formread_texts(a, doc, "title", LABEL_MAX, g.title, f));
	TRY(texts(doc, g.text, f));
	*ret = g;
	return OK;
}

char *
agreement_kind(struct arena *a, struct str id)
{
	return arena_fmt(a, "agreement:%.*s", (int)id.n, id.p);
}
