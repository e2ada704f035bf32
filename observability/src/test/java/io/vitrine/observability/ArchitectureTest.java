package io.vitrine.observability;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "io.vitrine.observability", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule DEPENDS_ON_MODEL_AND_GPU_ONLY = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackages("io.vitrine.server..", "io.vitrine.loadtest..", "io.vertx..", "io.netty..")
            .because("observability is told what happens; it does not know who tells");

    @ArchTest
    static final ArchRule WATCHES_THE_ENGINE_AND_NOT_THE_MODEL = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.vitrine.model.torch..",
                    "io.vitrine.model.text..",
                    "io.vitrine.model.weights..",
                    "io.vitrine.model.hub..",
                    "ai.djl..")
            .because("what a listener may know is in the events, and no text of a request is");

    @ArchTest
    static final ArchRule MICROMETER_IN_METRICS = noClasses()
            .that()
            .resideOutsideOfPackages("io.vitrine.observability.metrics..", "io.vitrine.observability")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micrometer..", "io.prometheus..")
            .because(
                    "a number is recorded in observability.metrics and nowhere else; the front door hands on its registry");

    @ArchTest
    static final ArchRule LOG4J_IN_LOGGING = noClasses()
            .that()
            .resideOutsideOfPackage("io.vitrine.observability.logging..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.logging..", "org.slf4j..", "java.util.logging..")
            .because("a line is logged in observability.logging and nowhere else");

    @ArchTest
    static final ArchRule CATALOGUE_STANDS_ALONE = noClasses()
            .that()
            .resideInAPackage("io.vitrine.observability.catalogue..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vitrine.observability.metrics..", "io.vitrine.observability.logging..")
            .because("names are defined before anyone uses them");

    @ArchTest
    static final ArchRule SIGNALS_DO_NOT_KNOW_EACH_OTHER = noClasses()
            .that()
            .resideInAPackage("io.vitrine.observability.metrics..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vitrine.observability.logging..")
            .because("each signal can be switched off without the other");

    @ArchTest
    static final ArchRule LOG_DOES_NOT_KNOW_METERS = noClasses()
            .that()
            .resideInAPackage("io.vitrine.observability.logging..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vitrine.observability.metrics..")
            .because("each signal can be switched off without the other");

    @ArchTest
    static final ArchRule SPANS_IN_TRACING = noClasses()
            .that()
            .resideOutsideOfPackage("io.vitrine.observability.tracing..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.opentelemetry.sdk.trace",
                    "io.opentelemetry.sdk.trace.data..",
                    "io.opentelemetry.sdk.trace.samplers..")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching("io\\.opentelemetry\\.api\\.trace\\.(Tracer.*|SpanBuilder)")
            .because("a span is made in observability.tracing and nowhere else");

    @ArchTest
    static final ArchRule TRACES_DO_NOT_KNOW_THE_OTHER_SIGNALS = noClasses()
            .that()
            .resideInAPackage("io.vitrine.observability.tracing..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vitrine.observability.metrics..", "io.vitrine.observability.logging..")
            .because("each signal can be switched off without the other");

    @ArchTest
    static final ArchRule READS_NO_SETTING = noClasses()
            .should()
            .callMethod(System.class, "getenv", String.class)
            .orShould()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getProperty", String.class)
            .orShould()
            .callMethod(System.class, "getProperty", String.class, String.class)
            .because("only the server's ConfigReader reads the environment; everyone else takes a record");

    @ArchTest
    static final ArchRule ASKS_NO_CLOCK = noClasses()
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .because("times travel with the events, so that meter, span and line of one request agree");
}
