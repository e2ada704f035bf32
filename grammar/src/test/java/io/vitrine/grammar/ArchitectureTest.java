package io.vitrine.grammar;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

@AnalyzeClasses(packages = "io.vitrine.grammar", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule KNOWS_BYTES_AND_TOKEN_IDS_ONLY = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.vitrine.grammar..", "java..", "com.fasterxml.jackson..", "org.jspecify..")
            .because("a mask needs no model, server or telemetry");

    @ArchTest
    static final ArchRule ONLY_SCHEMAS_ARE_JSON = noClasses()
            .that()
            .resideOutsideOfPackage("io.vitrine.grammar.schema")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.fasterxml.jackson..");

    @ArchTest
    static final ArchRule HAS_NO_CLOCK_AND_NO_THREAD = noClasses()
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Thread.class)
            .because("work is limited by steps, so that a limit hits at the same token on every machine");

    @ArchTest
    static final ArchRule HAS_NO_CYCLES =
            slices().matching("io.vitrine.grammar.(*)..").should().beFreeOfCycles();
}
