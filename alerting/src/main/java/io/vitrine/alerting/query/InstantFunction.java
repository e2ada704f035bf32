package io.vitrine.alerting.query;

/** Functions of present values. */
enum InstantFunction {
    ABS("abs", 1),
    ABSENT("absent", 1),
    CLAMP_MAX("clamp_max", 2),
    CLAMP_MIN("clamp_min", 2),
    HISTOGRAM_QUANTILE("histogram_quantile", 2),
    SCALAR("scalar", 1),
    TIME("time", 0),
    VECTOR("vector", 1);

    private final String symbol;
    private final int argumentCount;

    InstantFunction(String symbol, int argumentCount) {
        this.symbol = symbol;
        this.argumentCount = argumentCount;
    }

    String symbol() {
        return symbol;
    }

    int argumentCount() {
        return argumentCount;
    }
}
