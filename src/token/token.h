/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token: cryptographic tokens by PKCS #11. Every module lives in a child process of its own, which
 * may crash or hang: it is killed, its question fails with E_MODULE_CRASHED, and the next question
 * starts another.
 *
 * What went wrong is told from the step, the module's code and the state of the token together
 * (ckr.def), since modules disagree. Keys are those of x509/key.h. Not for use by several threads.
 */
#ifndef TOKEN_TOKEN_H
#define TOKEN_TOKEN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/secret.h"
#include "x509/key.h"

#define TOKEN_ID_MAX   64    /* octets of CKA_ID */
#define TOKEN_PIN_MAX  256   /* octets */
#define TOKEN_SIGN_MAX 40000 /* octets that are signed */
#define TOKEN_RAW_MAX  1024  /* octets of a signature */
#define TOKEN_SPKI_MAX 1200  /* octets of a SubjectPublicKeyInfo */
#define TOKEN_CERT_MAX 16384 /* octets */
#define TOKEN_LIST_MAX 256   /* slots of a module, containers of a token */

/* Program and environment that serve one module (p11child.h). All strings outlive the set. */
struct token_module {
	const char *name;
	const char *const *argv; /* argv[0] is an absolute path; NULL ends it */
	const char *const *envp; /* the whole environment of the child; NULL ends it */
	unsigned timeout_ms;     /* longest wait for an answer; 0 for TOKEN_TIMEOUT_MS */
	unsigned key_slots;      /* containers a token of this module holds; 0: unknown */
};
#define TOKEN_TIMEOUT_MS 60000

struct token_set;

/*
 * MODULES in the order of trust: a token that two of them see (the same serial number, or the same
 * reader) belongs to the first.
 */
struct token_set *token_set_new(const struct token_module *modules, size_t n);
/*
 * The child of a set of one module is another process's (argv and envp are not used): SOCK leads to it,
 * -1 to none for now; it belongs to the set. Sessions of the former one are gone.
 */
void token_set_use(struct token_set *s, int sock);
/* Ends the children. NULL is accepted. */
void token_set_free(struct token_set **s);

enum token_flag {
	TOKEN_PIN_SET = 1,
	TOKEN_PIN_PAD = 2,   /* the PIN is typed at the reader: log in with an empty one */
	TOKEN_PIN_LOW = 4,   /* a wrong PIN was given since the last right one */
	TOKEN_PIN_FINAL = 8, /* one more wrong PIN locks the token */
	TOKEN_PIN_LOCKED = 16,
	TOKEN_PIN_CHANGE = 32, /* must be changed first */
	TOKEN_READ_ONLY = 64,
};

struct token_info {
	size_t module; /* index into the set's modules */
	uint64_t slot;
	struct str reader, label, serial, model, maker; /* as the module says: not to be trusted */
	unsigned flags;                                 /* enum token_flag */
	uint32_t pin_min, pin_max;                      /* octets */
};

/* A module that could not be asked. */
struct token_failed {
	size_t module;
	struct fault fault;
};

/* What one module sees. */
struct token_slots {
	const struct token_info *tokens;
	size_t n;
	const struct str *strange; /* readers of tokens that it does not recognize */
	size_t strange_n;
};

struct token_list {
	const struct token_info *tokens;
	size_t n;
	const struct str *strange; /* readers of tokens that no module recognizes */
	size_t strange_n;
	const struct token_failed *failed;
	size_t failed_n;
};

/* The initialised tokens that one module sees, whoever else sees them. */
NODISCARD enum err token_look(
    struct token_set *s, size_t module, struct arena *a, struct token_slots *ret, struct fault *f);
/* All initialised tokens of all modules. A failing module is a row of `failed`, not a fault. */
NODISCARD enum err token_list(
    struct token_set *s, struct arena *a, struct token_list *ret, struct fault *f);

/* An open session with one token; only the last opened token of a module may be used. */
struct token;
/* E_TOKEN_ABSENT when it is there no more. */
NODISCARD enum err token_open(
    struct token_set *s, const struct token_info *info, struct token **ret, struct fault *f);
/* Logs out and closes. NULL is accepted. */
void token_close(struct token **t);
/* The token's flags as they stand now. */
NODISCARD enum err token_flags(struct token *t, unsigned *ret, struct fault *f);

/* What lies under one CKA_ID. */
struct token_container {
	struct bytes id, label;
	struct bytes certificate; /* DER; empty: none */
	struct bytes spki;        /* SubjectPublicKeyInfo; empty: none, or of no kind of ours */
	bool has_private;         /* seen only after login */
	bool has_public;
};

struct token_containers {
	const struct token_container *list;
	size_t n;
};

NODISCARD enum err token_containers(
    struct token *t, struct arena *a, struct token_containers *ret, struct fault *f);
/* The container ID of the list, or NULL. */
const struct token_container *token_container(const struct token_containers *c, struct bytes id);

/*
 * As the token's user. An empty PIN only with TOKEN_PIN_PAD. E_PIN_INCORRECT has "n=1" as its rule
 * when the token says that one try is left.
 */
NODISCARD enum err token_login(struct token *t, const struct secret *pin, struct fault *f);
/*
 * The PIN from now on; both empty only with TOKEN_PIN_PAD. E_PIN_INCORRECT: OLD is wrong;
 * E_PIN_LENGTH, E_PIN_CHARS: the token does not take NEW.
 */
NODISCARD enum err token_set_pin(
    struct token *t, const struct secret *old, const struct secret *new, struct fault *f);
NODISCARD enum err token_logout(struct token *t, struct fault *f);

/* A kind of key and (RSA) the size of its modulus. */
struct token_kind {
	enum key_kind kind;
	unsigned bits;
};
/*
 * A key pair of KIND under ID and LABEL (UTF-8): private half sensitive, not extractable, for
 * signing only; RET is its SubjectPublicKeyInfo on A. Nothing is left on the token when it fails,
 * except when the child or token is gone: then token_delete after a new login. E_ALG_UNSUPPORTED,
 * before a key is made: the token cannot make such a key or sign with it.
 */
NODISCARD enum err token_keygen(struct token *t, struct bytes id, struct str label,
    struct token_kind kind, struct arena *a, struct bytes *ret, struct fault *f);

/* What is signed and how: DATA as rawsign_input makes it for a key of that kind. */
struct token_sign {
	struct bytes id;
	enum key_kind kind;
	struct bytes data;
};
/*
 * The raw signature of X by the private key of its id, on A. PIN is used only by keys that ask for
 * it at each use. E_OTHER_TOKEN: no such key here.
 */
NODISCARD enum err token_sign(struct token *t, const struct token_sign *x, const struct secret *pin,
    struct arena *a, struct bytes *ret, struct fault *f);

/* The certificate and the parts of it that the standard wants beside it, in DER. */
struct token_certificate {
	struct str label;
	struct bytes der, subject, issuer, serial;
};
/*
 * Writes it under ID in place of a former one, and reads it back. E_OTHER_TOKEN:
 * no key of that id.
 */
NODISCARD enum err token_cert_put(
    struct token *t, struct bytes id, const struct token_certificate *c, struct fault *f);

enum token_part { TOKEN_KEYS = 1, TOKEN_CERTIFICATE = 2 };
/* Deletes these parts (enum token_part) of container ID; what is not there is no fault. */
NODISCARD enum err token_delete(struct token *t, struct bytes id, unsigned parts, struct fault *f);

#endif
