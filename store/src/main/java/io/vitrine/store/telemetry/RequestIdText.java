package io.vitrine.store.telemetry;

import java.util.Arrays;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Request ids inside texts of rows that belong to no tenant: decisions of a step ({@code "request_id":"ID"}) and the requests that a GPU
 * was working for ({@code "request_ids":"ID,ID"}, in a message {@code request_ids=ID,ID}).
 */
final class RequestIdText {
    /** What is among the attributes of every row that has ids in it. */
    static final String MARK = "\"request_id";

    private static final String ID = "[A-Za-z0-9._~-]+";
    private static final Pattern ONE = Pattern.compile("(\"request_id\":\")(" + ID + ")(\")");
    private static final Pattern SEVERAL =
            Pattern.compile("(\"request_ids\":\"|\\brequest_ids=)(" + ID + "(?:," + ID + ")*)");

    private RequestIdText() {}

    /** The text without the ids that are to go; the same object if there are none. */
    static String without(String text, Predicate<String> erased) {
        Matcher one = ONE.matcher(text);
        String left = one.replaceAll(found -> Matcher.quoteReplacement(
                found.group(1) + (erased.test(found.group(2)) ? "" : found.group(2)) + found.group(3)));
        String result = SEVERAL.matcher(left).replaceAll(found -> Matcher.quoteReplacement(remaining(found, erased)));
        return result.equals(text) ? text : result;
    }

    private static String remaining(MatchResult found, Predicate<String> erased) {
        return Arrays.stream(found.group(2).split(",", -1))
                .filter(id -> !erased.test(id))
                .collect(Collectors.joining(",", found.group(1), ""));
    }
}
