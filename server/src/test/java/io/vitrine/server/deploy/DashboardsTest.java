package io.vitrine.server.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.vitrine.server.deploy.DashboardDocuments.Panel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DashboardsTest {

    private static final Pattern METER = Pattern.compile("\\b(?:vitrine_|gen_ai_|hw_|system_|vllm:)[a-zA-Z0-9_]+");
    private static final Pattern LABELS = Pattern.compile("(?:by|ignoring|on) \\([^)]*\\)|\\{[^}]*}");

    @Test
    void committedDashboardsAreThoseOfPanelsAndRules() throws IOException {
        for (var document : DashboardDocuments.documents().entrySet()) {
            assertThat(DashboardDocuments.file(document.getKey()))
                    .as("run DashboardDocuments in server/")
                    .hasContent(document.getValue());
        }
    }

    @Test
    void showOnlyMetersOfTheCatalogue() throws IOException {
        String catalogue = Files.readString(Path.of("..", "docs", "telemetry.md"));
        Set<String> unknown = new TreeSet<>();
        int found = 0;
        for (var panels : DashboardDocuments.panels().values()) {
            for (Panel panel : panels) {
                for (String query : panel.queries().values()) {
                    Matcher meter = METER.matcher(LABELS.matcher(query).replaceAll(""));
                    while (meter.find()) {
                        found++;
                        if (!catalogue.contains("`" + meter.group().replaceAll("_(bucket|sum|count)$", "") + "`")) {
                            unknown.add(meter.group());
                        }
                    }
                }
            }
        }
        assertThat(found).isPositive();
        assertThat(unknown).isEmpty();
    }

    @Test
    void everyPanelSaysWhatToDo() throws IOException {
        assertThat(DashboardDocuments.panels().values())
                .allSatisfy(panels -> assertThat(panels).isNotEmpty().allSatisfy(panel -> assertThat(panel.purpose())
                        .hasSizeGreaterThan(40)));
    }
}
