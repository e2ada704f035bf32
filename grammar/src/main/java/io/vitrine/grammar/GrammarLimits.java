package io.vitrine.grammar;

/**
 * Upper bounds on what a constraint may cost. Source and depth are checked before anything recursive runs.
 *
 * @param sourceBytes length of a schema, regular expression or grammar
 * @param depth nesting of a schema, of groups in a regular expression or grammar
 * @param patternLength characters of one regular expression
 * @param repetitions the largest bound of a repetition, length or item count
 * @param symbols symbols of the context-free grammar
 * @param states states of the byte automaton over the life of a compiled grammar, some 200 bytes each
 * @param rowItems Earley items of one row
 * @param compileSteps parser and automaton steps of a compilation
 * @param tokenSteps parser and automaton steps while one token is masked or accepted, well below a microsecond each
 * @param positions parser positions shared between sequences before they are forgotten and made anew
 * @param maskBytes memory of finished masks of one compiled grammar
 */
public record GrammarLimits(
        int sourceBytes,
        int depth,
        int patternLength,
        int repetitions,
        int symbols,
        int states,
        int rowItems,
        int compileSteps,
        int tokenSteps,
        int positions,
        int maskBytes) {

    public static final GrammarLimits DEFAULT = new GrammarLimits(
            262_144, 128, 4_096, 100_000, 200_000, 100_000, 10_000, 1_000_000, 200_000, 20_000, 4 << 20);

    public GrammarLimits {
        requirePositive("sourceBytes", sourceBytes);
        requirePositive("depth", depth);
        requirePositive("patternLength", patternLength);
        requirePositive("repetitions", repetitions);
        requirePositive("symbols", symbols);
        requirePositive("states", states);
        requirePositive("rowItems", rowItems);
        requirePositive("compileSteps", compileSteps);
        requirePositive("tokenSteps", tokenSteps);
        requirePositive("positions", positions);
        requirePositive("maskBytes", maskBytes);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be >= 1: " + value);
        }
    }
}
