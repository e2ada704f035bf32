package io.vitrine.observability.tracing;

/** The rules of tracing now; a change holds for every request that begins, and every decision that is made, after it. Any thread. */
public final class TracingControl {

    private volatile TracingRules rules;

    public TracingControl(TracingRules rules) {
        this.rules = rules;
    }

    public TracingRules rules() {
        return rules;
    }

    public void change(TracingRules changed) {
        rules = changed;
    }
}
