package io.vitrine.grammar.schema;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;
import io.vitrine.grammar.regex.CodePoints;
import io.vitrine.grammar.regex.JsonText;
import io.vitrine.grammar.regex.RegexParser;

/** The formats of strings that are enforced, each by a regular expression for the whole text. */
final class Formats {

    /** Formats of numbers in OpenAPI that say nothing about the value, only about the type that reads it. */
    static final Set<String> NUMERIC = Set.of("float", "double", "int32", "int64");

    private static final int MAX_HOSTNAME = 253;

    private static final String DATE = "(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
            + "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
            + "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)";
    private static final String TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?"
            + "(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])";
    private static final String CLOCK_DURATION = "T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S)";
    private static final String DATE_DURATION = "(?:[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D)";
    private static final String DURATION =
            "P(?:[0-9]+W|" + DATE_DURATION + "(?:" + CLOCK_DURATION + ")?|" + CLOCK_DURATION + ")";
    private static final String ALNUM = "[A-Za-z0-9]";
    private static final String LDH = "[A-Za-z0-9-]";

    /** Up to 63 characters; "--" in third and fourth place is reserved (RFC 5891, 4.2.3.1). */
    private static final String LABEL = ALNUM + "(?:" + ALNUM + "|" + LDH + ALNUM + "|" + LDH + "(?:" + LDH + ALNUM
            + "|(?:" + ALNUM + LDH + "|-" + ALNUM + ")" + LDH + "{0,58}" + ALNUM + "))?";

    private static final String HOSTNAME = LABEL + "(?:\\." + LABEL + ")*";
    private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final String IPV4 = OCTET + "(?:\\." + OCTET + "){3}";
    private static final String H16 = "[0-9A-Fa-f]{1,4}";
    private static final String LS32 = "(?:" + H16 + ":" + H16 + "|" + IPV4 + ")";
    private static final String IPV6 = "(?:(?:" + H16 + ":){6}" + LS32
            + "|::(?:" + H16 + ":){5}" + LS32
            + "|(?:" + H16 + ")?::(?:" + H16 + ":){4}" + LS32
            + "|(?:(?:" + H16 + ":){0,1}" + H16 + ")?::(?:" + H16 + ":){3}" + LS32
            + "|(?:(?:" + H16 + ":){0,2}" + H16 + ")?::(?:" + H16 + ":){2}" + LS32
            + "|(?:(?:" + H16 + ":){0,3}" + H16 + ")?::" + H16 + ":" + LS32
            + "|(?:(?:" + H16 + ":){0,4}" + H16 + ")?::" + LS32
            + "|(?:(?:" + H16 + ":){0,5}" + H16 + ")?::" + H16
            + "|(?:(?:" + H16 + ":){0,6}" + H16 + ")?::)";
    private static final String POINTER = "(?:/(?:[^~/]|~[01])*)*";

    /** RFC 3986, appendix A. */
    private static final String PCHAR = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";

    private static final String USER_INFO = "(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*";
    private static final String REGISTERED_NAME = "(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*";
    private static final String AUTHORITY =
            "(?:" + USER_INFO + "@)?(?:\\[" + IPV6 + "\\]|" + REGISTERED_NAME + ")(?::[0-9]*)?";
    private static final String PATH = "(?:/" + PCHAR + "*)*";
    private static final String ABSOLUTE_PATH = "/(?:" + PCHAR + "+(?:/" + PCHAR + "*)*)?";
    private static final String QUERY_AND_FRAGMENT = "(?:\\?(?:" + PCHAR + "|[/?])*)?(?:#(?:" + PCHAR + "|[/?])*)?";
    private static final String URI = "[A-Za-z][A-Za-z0-9+.-]*:(?://" + AUTHORITY + PATH + "|" + ABSOLUTE_PATH + "|"
            + PCHAR + "+(?:/" + PCHAR + "*)*|)" + QUERY_AND_FRAGMENT;
    private static final String RELATIVE = "(?://" + AUTHORITY + PATH + "|" + ABSOLUTE_PATH
            + "|(?:[A-Za-z0-9._~!$&'()*+,;=@-]|%[0-9A-Fa-f]{2})+(?:/" + PCHAR + "*)*|)" + QUERY_AND_FRAGMENT;

    private static final Map<String, String> EXPRESSIONS = Map.ofEntries(
            Map.entry("date", DATE),
            Map.entry("time", TIME),
            Map.entry("date-time", DATE + "[Tt]" + TIME),
            Map.entry("duration", DURATION),
            Map.entry("email", ATOM + "(?:\\." + ATOM + ")*@" + HOSTNAME),
            Map.entry("hostname", HOSTNAME),
            Map.entry("ipv4", IPV4),
            Map.entry("ipv6", IPV6),
            Map.entry("uuid", "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"),
            Map.entry("uri", URI),
            Map.entry("uri-reference", "(?:" + URI + "|" + RELATIVE + ")"),
            Map.entry("json-pointer", POINTER),
            Map.entry("relative-json-pointer", "(?:0|[1-9][0-9]*)(?:#|" + POINTER + ")"));

    private final Languages languages;
    private final JsonText encoding;
    private final Map<String, Language> known = new HashMap<>();

    Formats(Languages languages, JsonText encoding) {
        this.languages = languages;
        this.encoding = encoding;
    }

    static Set<String> names() {
        return new TreeSet<>(EXPRESSIONS.keySet());
    }

    /** Texts of the format as JSON writes them; empty if it is unknown. */
    Optional<Language> find(String name) {
        String expression = EXPRESSIONS.get(name);
        return expression == null
                ? Optional.empty()
                : Optional.of(known.computeIfAbsent(name, n -> read(name, expression)));
    }

    private Language read(String name, String expression) {
        Language texts =
                RegexParser.parse(expression, RegexParser.Match.WHOLE, encoding, languages, GrammarLimits.DEFAULT);
        if (!name.equals("hostname")) {
            return texts;
        }
        return languages.intersection(texts, languages.repetition(encoding.encode(CodePoints.ALL), 1, MAX_HOSTNAME));
    }
}
