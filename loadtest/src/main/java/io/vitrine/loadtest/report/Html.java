package io.vitrine.loadtest.report;

/** Text inside HTML. */
public final class Html {

    private Html() {}

    public static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    public static String row(String tag, Object... cells) {
        StringBuilder row = new StringBuilder("<tr>");
        for (Object cell : cells) {
            row.append('<').append(tag).append('>').append(escaped(String.valueOf(cell)));
            row.append("</").append(tag).append('>');
        }
        return row.append("</tr>\n").toString();
    }
}
