package io.vitrine.alerting.query;

import java.util.Map;

import io.vitrine.alerting.series.Series;

/** What an expression yields at one time. */
sealed interface Value {

    /** A number without labels. */
    record Scalar(double number) implements Value {}

    /** Numbers by series; a series has no name once an operation has changed what it measures. */
    record Vector(Map<Series, Double> elements) implements Value {}
}
