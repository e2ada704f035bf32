package io.vitrine.server.architecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.vitrine.server.config.ConfigReader;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** The arrows between the packages, in words. */
@AnalyzeClasses(packages = "io.vitrine", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule othersDoNotKnowTheServer = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.vitrine.model..",
                    "io.vitrine.gpu..",
                    "io.vitrine.observability..",
                    "io.vitrine.tenants..",
                    "io.vitrine.store..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vitrine.server..")
            .because("the arrows go from server to all others");

    @ArchTest
    static final ArchRule handlersMakeNoTelemetryCalls = noClasses()
            .that()
            .resideInAnyPackage("io.vitrine.server.http..", "io.vitrine.server.api..", "io.vitrine.server.inference..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micrometer..", "io.opentelemetry..", "org.apache.logging..", "org.slf4j..")
            .because("what happens is told to listeners, which observability writes");

    @ArchTest
    static final ArchRule onlyConfigReaderReadsTheEnvironment = noClasses()
            .that()
            .resideInAPackage("io.vitrine.server..")
            .and()
            .areNotAssignableTo(ConfigReader.class)
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .because("everyone else takes a record, or the one value");

    @ArchTest
    static final ArchRule onlyTheTransportKnowsVertx = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.vitrine.server.api..",
                    "io.vitrine.server.config..",
                    "io.vitrine.server.inference..",
                    "io.vitrine.server.tenancy..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx..")
            .because("what a request means can be read and tested without HTTP");

    @ArchTest
    static final ArchRule noTensors = noClasses()
            .that()
            .resideInAnyPackage("io.vitrine.server.http..", "io.vitrine.server.api..", "io.vitrine.server.inference..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.djl..", "io.vitrine.model.torch..", "io.vitrine.model.weights..")
            .because("text ends in model.text, tensors in model.torch");

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching("io.vitrine.server.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule jsonRecordsKnowNoEngine = classes()
            .that()
            .resideInAPackage("io.vitrine.server.api..")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackage("io.vitrine.model..")
            .because("the API's shapes and the engine's change for different reasons");
}
