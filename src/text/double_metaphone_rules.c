/*
 * src/text/double_metaphone_rules.c
 *
 * What the letters of a name sound like, after L. Philips, "The double metaphone search algorithm",
 * C/C++ Users Journal 18 (June 2000). The first rule of a letter that fits is followed.
 */
#include "text/double_metaphone.h"

#include "postgres.h"

/* A rule with one sound, or with one for each code; if the name has a trait, or anyway. */
#define ONE_IF(trait, pattern, sound)                                                              \
	{                                                                                              \
		pattern, sound, sound, trait                                                               \
	}
#define TWO_IF(trait, pattern, primary, secondary)                                                 \
	{                                                                                              \
		pattern, primary, secondary, trait                                                         \
	}
#define ONE(pattern, sound) ONE_IF(0, pattern, sound)
#define TWO(pattern, primary, secondary) TWO_IF(0, pattern, primary, secondary)

/* clang-format off */

/* Only a vowel that begins the name is coded. */
static const cdw_sound_rule vowel[] = {
	ONE("^(@)", "A"),
	ONE("(@)", ""),
};

static const cdw_sound_rule b[] = {
	ONE("(BB)", "P"),
	ONE("(B)", "P"),
};

static const cdw_sound_rule c[] = {
	ONE("#A(CH)[^IE]", "K"),						/* Bach, Lachmann */
	ONE("[BM]A(CH)ER", "K"),						/* Bacher, Macher */
	ONE("^(CA)ESAR", "S"),
	ONE("(CH)IA", "K"),								/* Chianti */
	ONE("^(CH)AE", "X"),
	TWO("(CH)AE", "K", "X"),						/* Michael */
	ONE("^(CH)ARAC", "K"),							/* Greek */
	ONE("^(CH)ARIS", "K"),
	ONE("^(CH)ORE", "X"),
	ONE("^(CH)OR", "K"),
	ONE("^(CH)YM", "K"),
	ONE("^(CH)EM", "K"),
	ONE_IF(CDW_GERMANIC, "(CH)", "K"),
	ONE("OR(CH)ES", "K"),							/* orchestra */
	ONE("AR(CH)IT", "K"),							/* architect */
	ONE("OR(CH)ID", "K"),
	ONE("(CH)[TS]", "K"),							/* Wachtler, Sachs */
	ONE("[AOUE](CH)[LRNMBHFVW_]", "K"),				/* Wechsler, but not Tichner */
	ONE("^(CH)[LRNMBHFVW_]", "K"),
	ONE_IF(CDW_BEGINS_WITH_MC, "(CH)", "K"),		/* McHugh */
	ONE("^(CH)", "X"),
	TWO("(CH)", "X", "K"),
	ONE("WI(C)Z", "K"),
	TWO("(CZ)", "S", "X"),							/* Czerny */
	ONE("(CCI)A", "X"),								/* Focaccia */
	ONE("^M(C)C[EI]", "K"),							/* McCellan */
	ONE("^M(CC)", "K"),								/* McClellan */
	ONE("(CC)HU", "K"),								/* Bacchus */
	ONE("^A(CC[IEH])", "KS"),						/* accident */
	ONE("U(CCE)[ES]", "KS"),						/* succeed, success */
	ONE("(CC[IEH])", "X"),							/* Bacci, Bertucci */
	ONE("(CC)", "K"),
	ONE("(C[KGQ])", "K"),
	TWO("(CI)[OEA]", "S", "X"),						/* Italian, and English */
	ONE("(C[IEY])", "S"),
	ONE("(C_[CQG])", "K"),							/* Mac Caffrey, Mac Gregor */
	ONE("(C)", "K"),
};

static const cdw_sound_rule d[] = {
	ONE("(DG[IEY])", "J"),							/* edge */
	ONE("(DG)", "TK"),								/* Edgar */
	ONE("(D[TD])", "T"),
	ONE("(D)", "T"),
};

static const cdw_sound_rule f[] = {
	ONE("(FF)", "F"),
	ONE("(F)", "F"),
};

static const cdw_sound_rule g[] = {
	ONE("^(G)N", ""),								/* Gnesel */
	ONE("#(GH)", "K"),
	ONE("^(GH)I", "J"),								/* Ghislane, Ghiradelli */
	ONE("^(GH)", "K"),
	ONE("[BHD].(GH)", ""),							/* Hugh */
	ONE("[BHD]..(GH)", ""),							/* bough */
	ONE("[BH]...(GH)", ""),							/* Broughton */
	ONE("[CGLRT].U(GH)", "F"),						/* laugh, McLaughlin, Cough, rough, tough */
	ONE("I(GH)", ""),
	ONE("(GH)", "K"),
	TWO_IF(CDW_NOT_SLAVO_GERMANIC, "^@(GN)", "KN", "N"),
	ONE("(GN)EY", "KN"),							/* Cagney */
	TWO_IF(CDW_NOT_SLAVO_GERMANIC, "(GN)", "N", "KN"),
	ONE("(GN)", "KN"),
	TWO_IF(CDW_NOT_SLAVO_GERMANIC, "(GL)I", "KL", "L"),	/* Tagliaro */
	TWO("^(GY)", "K", "J"),
	TWO("^(GE)[SPBLYIR]", "K", "J"),
	TWO("^(GI)[BLNE]", "K", "J"),
	TWO("^[DRM]AN(GE)R", "J", "K"),					/* danger, ranger, manger */
	TWO("[^EI](GE)R", "K", "J"),
	TWO("[^EIRO](GY)", "K", "J"),					/* but not in clergy, biology */
	ONE_IF(CDW_GERMANIC, "(G[EIY])", "K"),
	ONE_IF(CDW_GERMANIC, "[AO](GG)I", "K"),
	ONE("(GE)T", "K"),
	ONE("(GI)ER_", "J"),
	TWO("(G[EIY])", "J", "K"),
	TWO("[AO](GG)I", "J", "K"),						/* Biaggi */
	ONE("(GG)", "K"),
	ONE("(G)", "K"),
};

static const cdw_sound_rule h[] = {
	ONE("^(H@)", "H"),
	ONE("@(H@)", "H"),
	ONE("(H)", ""),
};

static const cdw_sound_rule j[] = {
	ONE_IF(CDW_BEGINS_WITH_SAN, "(J)", "H"),		/* San Jacinto */
	ONE("^(J)OSE_", "H"),							/* Jose */
	TWO("(J)OSE", "J", "H"),
	TWO("^(JJ)", "J", "A"),
	TWO("^(J)", "J", "A"),							/* Yankelovich, Jankelowicz */
	TWO_IF(CDW_NOT_SLAVO_GERMANIC, "@(J)[AO]", "J", "H"),	/* Bajador */
	TWO("(J)$", "J", ""),
	ONE("[^SKL](JJ)", "J"),
	ONE("[^SKL](J)[^LTKSNMBZ]", "J"),
	ONE("(JJ)", ""),
	ONE("(J)", ""),
};

static const cdw_sound_rule k[] = {
	ONE("^(K)N", ""),								/* Knight */
	ONE("(KK)", "K"),
	ONE("(K)", "K"),
};

static const cdw_sound_rule l[] = {
	TWO("I(LL)[OA]$", "L", ""),						/* Cabrillo */
	TWO("A(LL)E$", "L", ""),
	TWO_IF(CDW_SPANISH_ENDING, "A(LL)E", "L", ""),	/* Gallegos */
	ONE("(LL)", "L"),
	ONE("(L)", "L"),
};

static const cdw_sound_rule m[] = {
	ONE("U(MB)$", "M"),								/* dumb, thumb */
	ONE("U(MB)ER", "M"),							/* plumber */
	ONE("(MM)", "M"),
	ONE("(M)", "M"),
};

static const cdw_sound_rule n[] = {
	ONE("(NN)", "N"),
	ONE("(N)", "N"),
};

static const cdw_sound_rule p[] = {
	ONE("^(P)[NS]", ""),							/* Pneumonia, Psalter */
	ONE("(PH)", "F"),
	ONE("(P[PB])", "P"),							/* Campbell */
	ONE("(P)", "P"),
};

static const cdw_sound_rule q[] = {
	ONE("(QQ)", "K"),
	ONE("(Q)", "K"),
};

static const cdw_sound_rule r[] = {
	ONE("M[EA]IE(R)$", "R"),						/* Hochmeier */
	TWO_IF(CDW_NOT_SLAVO_GERMANIC, "IE(R)$", "", "R"),	/* Rogier */
	ONE("(RR)", "R"),
	ONE("(R)", "R"),
};

static const cdw_sound_rule s[] = {
	ONE("[IY](S)L", ""),							/* Island, Carlysle */
	TWO("^(S)UGAR", "X", "S"),
	ONE("(SH)EIM", "S"),							/* Germanic */
	ONE("(SH)OEK", "S"),
	ONE("(SH)OL[MZ]", "S"),
	ONE("(SH)", "X"),
	TWO_IF(CDW_NOT_SLAVO_GERMANIC, "(SI[OA])", "S", "X"),
	ONE("(SI[OA])", "S"),
	TWO("^(S)[MNLW]", "S", "X"),					/* Smith and Schmidt, Snider and Schneider */
	TWO("(SZ)", "S", "X"),							/* Hungarian sz */
	TWO("(SCH)E[RN]", "X", "SK"),					/* Schermerhorn, Schenker */
	ONE("(SCH)OO", "SK"),							/* school */
	ONE("(SCH)UY", "SK"),
	ONE("(SCH)E[DM]", "SK"),
	TWO("^(SCH)[^AEIOUYW]", "X", "S"),				/* Schlesinger */
	ONE("(SCH)", "X"),
	ONE("(SC[IEY])", "S"),
	ONE("(SC.)", "SK"),
	TWO("[AO]I(S)$", "", "S"),						/* Resnais, Artois */
	ONE("(SS)", "S"),
	ONE("(S)", "S"),
};

static const cdw_sound_rule t[] = {
	ONE("(TIO)N", "X"),
	ONE("(TIA)", "X"),
	ONE("(TCH)", "X"),
	ONE("(TH)[OA]M", "T"),							/* Thomas, Thames */
	ONE_IF(CDW_GERMANIC, "(TH)", "T"),
	ONE_IF(CDW_GERMANIC, "(TT)H", "T"),
	TWO("(TH)", "0", "T"),
	TWO("(TT)H", "0", "T"),
	ONE("(T[TD])", "T"),
	ONE("(T)", "T"),
};

static const cdw_sound_rule v[] = {
	ONE("(VV)", "F"),
	ONE("(V)", "F"),
};

static const cdw_sound_rule w[] = {
	ONE("^(W)R", ""),
	ONE("(WR)", "R"),
	TWO("^(WI[CT]Z)", "ATS", "FFX"),
	TWO("^(W)@", "A", "F"),							/* Wasserman, Vasserman */
	ONE("^(W)H", "A"),								/* Uomo and Womo */
	TWO("@(W)$", "", "F"),							/* Arnow, Arnoff */
	TWO("[EO](W)SK[IY]", "", "F"),					/* Filipowski */
	TWO_IF(CDW_BEGINS_WITH_SCH, "(W)", "", "F"),
	TWO("(WI[CT]Z)", "TS", "FX"),					/* Filipowicz */
	ONE("(W)", ""),
};

static const cdw_sound_rule x[] = {
	ONE("^(X)", "S"),								/* Xavier */
	ONE("[AO]U(X)$", ""),							/* Breaux */
	ONE("(X[CX])", "KS"),
	ONE("(X)", "KS"),
};

static const cdw_sound_rule z[] = {
	ONE("(ZH)", "J"),								/* Zhao */
	TWO("(ZZ)[OIA]", "S", "TS"),
	ONE("^(ZZ)", "S"),
	ONE("^(Z)", "S"),
	TWO_IF(CDW_SLAVO_GERMANIC, "[^T](ZZ)", "S", "TS"),
	TWO_IF(CDW_SLAVO_GERMANIC, "[^T](Z)", "S", "TS"),
	ONE("(ZZ)", "S"),
	ONE("(Z)", "S"),
};

const cdw_sound_rule *const cdw_sound_rules[26] = {
	vowel, b, c, d, vowel, f, g, h, vowel, j, k, l, m,
	n, vowel, p, q, r, s, t, vowel, v, w, x, vowel, z,
};

/* clang-format on */
