package io.vitrine.model.text.jinja;

import com.hubspot.jinjava.util.HasObjectTruthValue;

/** Python's {@code None}. Not {@code null}, since jinjava takes a variable that is {@code null} for one that is not set. */
enum None implements HasObjectTruthValue {
    NONE;

    @Override
    public boolean getObjectTruthValue() {
        return false;
    }

    @Override
    public String toString() {
        return "None";
    }
}
