package io.vitrine.server.http;

import java.util.regex.Pattern;

/** Recognises what is shaped like an API key, ours or another service's, where clients should send none. */
final class KeyShapes {

    private static final String MASK = "***";

    /** A usual beginning of keys at the beginning of a word; what follows it up to the end of the word belongs to the key. */
    private static final Pattern KEY = Pattern.compile(
            "(?<![A-Za-z0-9])(?:(?:vt_|sk-|sk_|pk_|rk_|hf_|gsk_|xai-|pplx-|nvapi-|r8_|tgp_|csk-|fw_|gh[oprsu]_|github_pat_|glpat-|xox[abeoprs]-)[A-Za-z0-9._~+=-]+"
                    + "|(?:AKIA|AIza|eyJ)[A-Za-z0-9._-]{12,}"
                    + "|bearer[ ._-]+[^ /]+)",
            Pattern.CASE_INSENSITIVE);

    private KeyShapes() {}

    static boolean in(String text) {
        return KEY.matcher(text).find();
    }

    /** The text without what is shaped like a key. */
    static String masked(String text) {
        return KEY.matcher(text).replaceAll(MASK);
    }
}
