package io.vitrine.model;

import java.util.Random;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "io.vitrine.model", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule KNOWS_NEITHER_SERVER_NOR_TELEMETRY = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx..", "io.netty..", "io.micrometer..", "io.prometheus..", "io.opentelemetry..")
            .because("the engine says what happened to whoever listens; it does not know who does");

    @ArchTest
    static final ArchRule LOGS_NOTHING = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.slf4j..", "org.apache.logging..", "java.util.logging..")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(System.Logger.class)
            .because(
                    "a failure is reported once, to the listener or to the caller; what is logged is not the model's to say");

    @ArchTest
    static final ArchRule DEPENDS_ON_NO_OTHER_PART_OF_OURS = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackages(
                    "io.vitrine.gpu..", "io.vitrine.observability..", "io.vitrine.server..", "io.vitrine.loadtest..")
            .because("arrows point at the model, never out of it");

    @ArchTest
    static final ArchRule TENSORS_STAY_IN_TORCH = noClasses()
            .that()
            .resideOutsideOfPackages("io.vitrine.model.torch..", "io.vitrine.model.text..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..")
            .because("model.torch is the only package that touches a tensor, and what it allocates dies there");

    @ArchTest
    static final ArchRule TEXT_USES_ONLY_THE_TOKENIZER = noClasses()
            .that()
            .resideInAPackage("io.vitrine.model.text..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.djl.ndarray..", "ai.djl.inference..", "ai.djl.pytorch..", "ai.djl.repository..")
            .because("of DJL, model.text needs the tokenizer and no tensor");

    @ArchTest
    static final ArchRule ENGINE_SEES_TOKEN_IDS_ONLY = noClasses()
            .that()
            .resideInAPackage("io.vitrine.model.engine..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.vitrine.model.torch..",
                    "io.vitrine.model.text..",
                    "io.vitrine.model.weights..",
                    "io.vitrine.model.hub..",
                    "ai.djl..")
            .because("the engine runs any ModelRunner, a scripted one in tests, and text ends before it");

    @ArchTest
    static final ArchRule KV_IS_ARITHMETIC = noClasses()
            .that()
            .resideInAnyPackage("io.vitrine.model.kv..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vitrine.model.engine..", "io.vitrine.model.torch..")
            .because("which page belongs to whom is arithmetic that a test can check, without engine or tensor");

    @ArchTest
    static final ArchRule SAMPLING_IS_PURE = noClasses()
            .that()
            .resideInAPackage("io.vitrine.model.sampling..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vitrine.model.engine..", "io.vitrine.model.torch..", "java.util.concurrent..")
            .orShould()
            .callConstructor(Random.class)
            .orShould()
            .callMethod(Math.class, "random")
            .because("logits in, token id out: the random source is handed in, seeded");

    @ArchTest
    static final ArchRule READS_NO_SETTING = noClasses()
            .should()
            .callMethod(System.class, "getenv", String.class)
            .orShould()
            .callMethod(System.class, "getenv")
            .because("only the server's ConfigReader reads the environment; everyone else takes a record");

    @ArchTest
    static final ArchRule PRINTS_NOTHING = noClasses()
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .because("the command line owns standard output");
}
