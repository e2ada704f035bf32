package io.vitrine.server.config;

import java.util.List;
import java.util.regex.Pattern;

import io.vitrine.model.terminal.ShownText;

/** Writes settings as YAML that could be read back, but for secrets, which are masked. */
final class ConfigPrinter {

    /** What needs no quotes in YAML; everything else gets single ones. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/][A-Za-z0-9_./:-]*");

    private static final String MASK = "'***'";

    private ConfigPrinter() {}

    /** One line for each, grouped under its parent keys; siblings must stand together. */
    static String print(List<Setting> settings) {
        StringBuilder yaml = new StringBuilder();
        String[] open = {};
        for (Setting setting : settings) {
            String[] path = setting.key().split("\\.", -1);
            int shared = sharedParents(open, path);
            for (int depth = shared; depth < path.length - 1; depth++) {
                line(yaml, depth, path[depth] + ":");
            }
            line(yaml, path.length - 1, path[path.length - 1] + ": " + shown(setting));
            open = path;
        }
        return yaml.toString();
    }

    private static int sharedParents(String[] left, String[] right) {
        int most = Math.min(left.length, right.length) - 1;
        int shared = 0;
        while (shared < most && left[shared].equals(right[shared])) {
            shared++;
        }
        return shared;
    }

    private static String shown(Setting setting) {
        String text = ShownText.withoutCredentials(setting.text());
        if (!text.isEmpty() && setting.key().equals(ConfigKeys.HUB_TOKEN.name())) {
            return MASK;
        }
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "''") + "'";
    }

    private static void line(StringBuilder yaml, int depth, String text) {
        yaml.append("  ".repeat(depth)).append(text).append('\n');
    }
}
