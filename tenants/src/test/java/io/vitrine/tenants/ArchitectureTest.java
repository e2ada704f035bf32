package io.vitrine.tenants;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

@AnalyzeClasses(packages = "io.vitrine.tenants", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule NEEDS_THE_JDK_AND_YAML_ONLY = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.vitrine.tenants..", "java..", "javax.crypto..", "org.jspecify..", "org.snakeyaml.engine..")
            .because("what a tenant may do and pays is the same whoever serves, stores or shows it");

    @ArchTest
    static final ArchRule YAML_IN_ONE_PLACE = noClasses()
            .that()
            .resideOutsideOfPackage("io.vitrine.tenants.yaml")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.snakeyaml.engine..")
            .because("tenants.yaml is the only package that knows the YAML reader");

    @ArchTest
    static final ArchRule DOES_NO_INPUT_OR_OUTPUT = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.io..", "java.nio.file..", "java.nio.channels..", "java.net..", "java.sql..")
            .because("files, sockets and databases belong to the modules around this one");

    @ArchTest
    static final ArchRule STARTS_NO_THREAD = noClasses()
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.lang.Thread")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.concurrent.Executors")
            .because("it works on whatever thread asks");

    @ArchTest
    static final ArchRule NO_CYCLES = slices().matching("io.vitrine.tenants.(*)..")
            .should()
            .beFreeOfCycles()
            .because("each package must be read without the ones that use it");

    @ArchTest
    static final ArchRule ASKS_NO_CLOCK = noClasses()
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(java.time.Clock.class, "systemUTC")
            .because("time is handed in, so that a test can move it");

    @ArchTest
    static final ArchRule READS_NO_SETTING = noClasses()
            .should()
            .callMethod(System.class, "getenv", String.class)
            .orShould()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getProperty", String.class)
            .because("only the server's ConfigReader reads the environment; everyone else takes a record");

    @ArchTest
    static final ArchRule PRINTS_NOTHING = noClasses()
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .because("the command line owns standard output");
}
