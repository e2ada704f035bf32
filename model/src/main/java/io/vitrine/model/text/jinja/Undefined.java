package io.vitrine.model.text.jinja;

import com.hubspot.jinjava.util.HasObjectTruthValue;

/**
 * What a name without a value evaluates to: false in a condition, empty in a loop, and an error anywhere else.
 *
 * <p>jinjava itself uses {@code null}, which it writes as nothing, or in a sum as the text {@code null}.
 *
 * @param name what was looked up, for the message
 */
record Undefined(String name) implements HasObjectTruthValue {

    /** The one that may be written, as nothing: {@code {{ 'x' if y }}} is common. */
    static final Undefined NO_ELSE = new Undefined("the value of an 'if' without 'else'");

    @Override
    public boolean getObjectTruthValue() {
        return false;
    }

    /** Whatever makes text of a value comes by here. */
    @Override
    public String toString() {
        throw error();
    }

    JinjaException error() {
        return new JinjaException("'" + name + "' is undefined");
    }
}
