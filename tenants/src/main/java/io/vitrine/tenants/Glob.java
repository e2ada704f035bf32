package io.vitrine.tenants;

/**
 * A pattern of model names, where {@code *} stands for any characters, none included, and everything else for itself.
 *
 * @param pattern at most {@value #MAX_LENGTH} characters
 */
public record Glob(String pattern) {

    private static final int MAX_LENGTH = 200;

    public Glob {
        if (pattern.isEmpty() || pattern.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "a model pattern must have 1 to " + MAX_LENGTH + " characters: " + pattern.length());
        }
    }

    /** Whether it stands for one name only. */
    public boolean exact() {
        return pattern.indexOf('*') < 0;
    }

    /** How many characters stand for themselves: the more, the closer it says what it means. */
    public int literalLength() {
        return (int) pattern.chars().filter(character -> character != '*').count();
    }

    /** Walks both once, going back to the last star where they part: linear for one star, never worse than the product. */
    public boolean matches(String name) {
        int p = 0;
        int n = 0;
        int star = -1;
        int resume = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = n;
            } else if (p < pattern.length() && pattern.charAt(p) == name.charAt(n)) {
                p++;
                n++;
            } else if (star >= 0) {
                p = star + 1;
                n = ++resume;
            } else {
                return false;
            }
        }
        return pattern.substring(p).chars().allMatch(character -> character == '*');
    }

    /** Whether there is a name that both match. */
    public boolean overlaps(Glob other) {
        String a = pattern;
        String b = other.pattern;
        // reach[i][j]: the first i characters of a and the first j of b have a name in common.
        boolean[][] reach = new boolean[a.length() + 1][b.length() + 1];
        reach[0][0] = true;
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                boolean starA = i > 0 && a.charAt(i - 1) == '*';
                boolean starB = j > 0 && b.charAt(j - 1) == '*';
                reach[i][j] |= (starA && (reach[i - 1][j] || (j > 0 && reach[i][j - 1])))
                        || (starB && (reach[i][j - 1] || (i > 0 && reach[i - 1][j])))
                        || (i > 0 && j > 0 && a.charAt(i - 1) == b.charAt(j - 1) && reach[i - 1][j - 1]);
            }
        }
        return reach[a.length()][b.length()];
    }

    @Override
    public String toString() {
        return pattern;
    }
}
