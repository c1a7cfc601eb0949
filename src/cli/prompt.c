/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/prompt.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define LINE_MAX_OCTETS 512

enum err
prompt_line(struct cli *c, const char *key, struct str *ret, struct fault *f)
{
	char line[LINE_MAX_OCTETS];
	struct str s;

	(void)fprintf(stderr, "%s ", cli_text(c, key));
	(void)fflush(stderr);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return FAIL(f, E_CANCELLED, "end of input");
	s = str_of(line);
	while (s.n && strchr(" \t\r\n", s.p[s.n - 1]))
		s.n--;
	while (s.n && strchr(" \t", s.p[0]))
		s = (struct str){s.p + 1, s.n - 1};
	if (!utf8_valid(s))
		return FAIL_FIELD(f, E_FIELD_CHARS, "input", "UTF-8", "not UTF-8");
	*ret = arena_str(c->a, s);
	return OK;
}

enum err
prompt_yes(struct cli *c, const char *key, struct fault *f)
{
	static const char *const words[] = {
	    "y", "Y", "yes", "是", "同意", "д", "Д", "да", "Да", NULL};
	struct str answer;

	TRY(prompt_line(c, key, &answer, f));
	for (size_t i = 0; words[i]; i++) {
		if (str_is(answer, words[i]))
			return OK;
	}
	return FAIL(f, E_CANCELLED, "not a yes");
}
