package io.vitrine.alerting.series;

/** One value of one series, as a scrape reads it. */
public record Sample(Series series, double value) {}
