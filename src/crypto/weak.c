/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/weak.h"

#include <openssl/bn.h>
#include <string.h>

#include "base/must.h"

#define SIZE_LEAST    2048
#define SIZE_MOST     4096
#define EXPONENT_MOST 32  /* bits: what Windows reads */
#define FACTOR_LIMIT  752 /* BR 6.1.6 */
#define FERMAT_ROUNDS 100 /* BR 6.1.1.3 */
#define ROCA_PRIMES   38  /* odd primes to 167: the product that 512-bit and longer primes share */
#define ED_SIZE       32

static BIGNUM *
number(BN_CTX *ctx, struct bytes b)
{
	BIGNUM *x;

	must(x = BN_CTX_get(ctx));
	must(BN_bin2bn(b.p, (int)b.n, x));
	return x;
}

static BIGNUM *
fresh(BN_CTX *ctx)
{
	BIGNUM *x;

	must(x = BN_CTX_get(ctx));
	return x;
}

static bool
is_prime(unsigned x)
{
	for (unsigned d = 2; d * d <= x; d++) {
		if (x % d == 0)
			return false;
	}
	return x > 1;
}

/*
 * Is R one of the powers of 65537 mod P? All primes that the faulty library makes are powers of it
 * modulo a product of small primes, and so is their product (Nemec et al., CCS 2017, section 2).
 */
static bool
is_power(unsigned r, unsigned p)
{
	unsigned x = 1;

	do {
		if (x == r)
			return true;
		x = x * (65537 % p) % p;
	} while (x != 1);
	return false;
}

/* Small primes: whether one divides N, and whether N looks like ROCA to the first of them. */
static enum err
small_primes(const BIGNUM *n, struct fault *f)
{
	unsigned seen = 0;
	bool marked = true;

	for (unsigned p = 3; p < FACTOR_LIMIT; p += 2) {
		unsigned r;

		if (!is_prime(p))
			continue;
		r = (unsigned)BN_mod_word(n, p);
		if (r == 0)
			return FAIL_FIELD(f, E_KEY_FACTOR, "key", NULL, "%u divides it", p);
		if (++seen <= ROCA_PRIMES)
			marked = marked && is_power(r, p);
	}
	return marked ? FAIL_FIELD(f, E_KEY_ROCA, "key", NULL, "CVE-2017-15361") : OK;
}

/* The greatest R with R² ≤ N, by Newton from above. */
static void
root(BIGNUM *r, const BIGNUM *n, BN_CTX *ctx)
{
	BIGNUM *next;

	BN_CTX_start(ctx);
	next = fresh(ctx);
	BN_zero(r);
	must(BN_set_bit(r, (BN_num_bits(n) + 1) / 2) == 1);
	for (;;) {
		must(BN_div(next, NULL, n, r, ctx) && BN_add(next, next, r) &&
		    BN_rshift1(next, next));
		if (BN_cmp(next, r) >= 0)
			break;
		must(BN_copy(r, next));
	}
	BN_CTX_end(ctx);
}

static bool
is_square_mod(unsigned r, unsigned m)
{
	for (unsigned x = 0; x <= m / 2; x++) {
		if (x * x % m == r)
			return true;
	}
	return false;
}

/* One of a hundred others passes the four cheap questions. */
static bool
is_square(const BIGNUM *x, BN_CTX *ctx)
{
	static const unsigned moduli[] = {64, 63, 65, 11};
	BIGNUM *r;
	bool yes;

	if (BN_is_zero(x))
		return true;
	for (size_t i = 0; i < sizeof(moduli) / sizeof(moduli[0]); i++) {
		if (!is_square_mod((unsigned)BN_mod_word(x, moduli[i]), moduli[i]))
			return false;
	}
	BN_CTX_start(ctx);
	r = fresh(ctx);
	root(r, x, ctx);
	must(BN_sqr(r, r, ctx));
	yes = BN_cmp(r, x) == 0;
	BN_CTX_end(ctx);
	return yes;
}

/* N = a² − b² with a from the root of N upwards: found at once when the primes lie close together. */
static enum err
fermat(const BIGNUM *n, BN_CTX *ctx, struct fault *f)
{
	BIGNUM *a = fresh(ctx), *rest = fresh(ctx), *step = fresh(ctx);

	root(a, n, ctx);
	must(BN_sqr(rest, a, ctx));
	if (BN_cmp(rest, n) < 0)
		must(BN_add_word(a, 1) && BN_sqr(rest, a, ctx));
	must(BN_sub(rest, rest, n));
	for (unsigned round = 0; round < FERMAT_ROUNDS; round++) {
		if (is_square(rest, ctx))
			return FAIL_FIELD(f, E_KEY_CLOSE, "key", NULL, "in %u rounds", round + 1);
		/* (a + 1)² − n = a² − n + 2a + 1 */
		must(BN_lshift1(step, a) && BN_add_word(step, 1) && BN_add(rest, rest, step) &&
		    BN_add_word(a, 1));
	}
	return OK;
}

static enum err
rsa(struct bytes modulus, struct bytes exponent, BN_CTX *ctx, struct fault *f)
{
	BIGNUM *n = number(ctx, modulus), *e = number(ctx, exponent);
	int bits = BN_num_bits(n);

	if (bits < SIZE_LEAST || bits > SIZE_MOST || bits % 8 != 0)
		return FAIL_FIELD(
		    f, E_KEY_SIZE, "key", "2048 | 3072 | 4096", "RSA of %d bits", bits);
	if (!BN_is_odd(e) || BN_num_bits(e) > EXPONENT_MOST || BN_get_word(e) < 65537)
		return FAIL_FIELD(f, E_KEY_EXPONENT, "key", "odd, 65537 ≤ e < 2³²",
		    "exponent of %d bits", BN_num_bits(e));
	if (!BN_is_odd(n))
		return FAIL_FIELD(f, E_KEY_FACTOR, "key", NULL, "2 divides it");
	TRY(small_primes(n, f));
	return fermat(n, ctx, f);
}

enum err
weak_rsa(struct bytes n, struct bytes e, struct fault *f)
{
	BN_CTX *ctx;
	enum err why;

	must(ctx = BN_CTX_new());
	BN_CTX_start(ctx);
	why = rsa(n, e, ctx, f);
	BN_CTX_end(ctx);
	BN_CTX_free(ctx);
	return why;
}

/* p = 2^255 − 19; d of −x² + y² = 1 + dx²y² (RFC 8032 5.1). */
static const char ed_p[] = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed";
static const char ed_d[] = "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3";
/* y of the points of order 8; those of 1, 2 and 4 have y = 1, −1, 0. */
static const char ed_order8[2][65] = {
    "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7",
    "05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826",
};

static BIGNUM *
from_hex(BN_CTX *ctx, const char *hex)
{
	BIGNUM *x = fresh(ctx);

	must(BN_hex2bn(&x, hex) > 0);
	return x;
}

static bool
small_order(const BIGNUM *y, const BIGNUM *p, BN_CTX *ctx)
{
	BIGNUM *last = fresh(ctx);

	must(BN_sub(last, p, BN_value_one()));
	if (BN_is_zero(y) || BN_is_one(y) || BN_cmp(y, last) == 0)
		return true;
	for (size_t i = 0; i < 2; i++) {
		if (BN_cmp(y, from_hex(ctx, ed_order8[i])) == 0)
			return true;
	}
	return false;
}

/* Is x² = (y² − 1) / (dy² + 1) a square? It is one if numerator times denominator is. */
static bool
on_curve(const BIGNUM *y, const BIGNUM *p, BN_CTX *ctx)
{
	BIGNUM *yy = fresh(ctx), *u = fresh(ctx), *v = fresh(ctx);

	must(BN_mod_sqr(yy, y, p, ctx) && BN_mod_sub(u, yy, BN_value_one(), p, ctx));
	must(BN_mod_mul(v, from_hex(ctx, ed_d), yy, p, ctx) &&
	    BN_mod_add(v, v, BN_value_one(), p, ctx) && BN_mod_mul(u, u, v, p, ctx));
	return BN_kronecker(u, p, ctx) >= 0;
}

enum err
weak_ed25519(struct bytes point, struct fault *f)
{
	uint8_t big[ED_SIZE];
	BN_CTX *ctx;
	BIGNUM *p, *y;
	const char *why = NULL;

	if (point.n != ED_SIZE)
		return FAIL_FIELD(f, E_KEY_POINT, "key", NULL, "%zu octets", point.n);
	for (size_t i = 0; i < ED_SIZE; i++)
		big[i] = point.p[ED_SIZE - 1 - i];
	big[0] &= 0x7f; /* the sign of x */
	must(ctx = BN_CTX_new());
	BN_CTX_start(ctx);
	p = from_hex(ctx, ed_p);
	y = number(ctx, BYTES_OF(big));
	if (BN_cmp(y, p) >= 0)
		why = "y is not below p";
	else if (!on_curve(y, p, ctx))
		why = "not on the curve";
	else if (small_order(y, p, ctx))
		why = "of small order";
	BN_CTX_end(ctx);
	BN_CTX_free(ctx);
	return why ? FAIL_FIELD(f, E_KEY_POINT, "key", NULL, "%s", why) : OK;
}
