package io.vitrine.gpu;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "io.vitrine.gpu", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule NEEDS_THE_JDK_AND_JNA_ONLY = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.vitrine.gpu..", "java..", "com.sun.jna..", "org.jspecify..")
            .because(
                    "readings come straight from the driver, and who shows or logs them is not this module's business");

    @ArchTest
    static final ArchRule NATIVE_CALLS_IN_NVML = noClasses()
            .that()
            .resideOutsideOfPackages("io.vitrine.gpu.nvml..", "io.vitrine.gpu.kernel..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.sun.jna..")
            .because(
                    "gpu.nvml is the only package that calls the driver, gpu.kernel the only one that calls the kernel");

    @ArchTest
    static final ArchRule THE_BINDING_JUDGES_NOTHING = noClasses()
            .that()
            .resideInAPackage("io.vitrine.gpu.nvml..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vitrine.gpu", "io.vitrine.gpu.host..", "io.vitrine.gpu.advice..")
            .because("the binding hands on what the library says, under the library's names");

    @ArchTest
    static final ArchRule ADVICE_CALLS_NO_DRIVER = noClasses()
            .that()
            .resideInAnyPackage("io.vitrine.gpu.advice..", "io.vitrine.gpu.host..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vitrine.gpu.nvml..")
            .because("conditions and advice are pure functions of readings");

    @ArchTest
    static final ArchRule THE_PROBE_OWNS_THE_THREADS = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("io.vitrine.gpu.GpuProbe")
            .should()
            .callConstructor(Thread.class, Runnable.class, String.class)
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.concurrent.Executors")
            .because("NVML is called on the probe's own threads and on no other");

    @ArchTest
    static final ArchRule ASKS_NO_CLOCK = noClasses()
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
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
