package io.vitrine.loadtest;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

@AnalyzeClasses(packages = "io.vitrine.loadtest", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule KNOWS_SERVERS_BY_HTTP_ONLY = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.vitrine.loadtest..",
                    "java..",
                    "io.vertx..",
                    "com.fasterxml.jackson..",
                    "org.HdrHistogram..",
                    "picocli..",
                    "org.jspecify..")
            .because("any OpenAI-compatible server must be measured alike");

    @ArchTest
    static final ArchRule PLAN_AND_METRICS_ARE_PURE = noClasses()
            .that()
            .resideInAnyPackage("..workload..", "..measure..", "..report..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx..", "java.net..")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .because("they are tested without time");

    @ArchTest
    static final ArchRule HAS_NO_CYCLES =
            slices().matching("io.vitrine.loadtest.(*)..").should().beFreeOfCycles();
}
