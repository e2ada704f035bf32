package io.vitrine.store;

import java.nio.file.Files;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "io.vitrine.store", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule NEEDS_THE_JDK_AND_TWO_ENGINES_ONLY = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.vitrine.store..", "java..", "org.sqlite..", "org.duckdb..", "org.jspecify..")
            .because("it is handed plain rows, and who makes or shows them is not its business");

    @ArchTest
    static final ArchRule THE_DRIVERS_STAY_IN_SQL = noClasses()
            .that()
            .resideOutsideOfPackage("io.vitrine.store.sql..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.sqlite..", "org.duckdb..")
            .because("how a file is opened is decided in one place");

    @ArchTest
    static final ArchRule NOBODY_OUTSIDE_SEES_SQL = methods()
            .that()
            .arePublic()
            .and()
            .areDeclaredInClassesThat()
            .resideInAnyPackage("io.vitrine.store", "io.vitrine.store.ledger..", "io.vitrine.store.telemetry..")
            .and()
            .areDeclaredInClassesThat()
            .arePublic()
            .should()
            .notHaveRawReturnType(describe("of JDBC", ArchitectureTest::isJdbc))
            .because("SQL stays inside: callers ask questions and get records");

    @ArchTest
    static final ArchRule FILES_ARE_MOVED_IN_ONE_PLACE = noClasses()
            .that()
            .resideOutsideOfPackage("io.vitrine.store.file..")
            .should()
            .callMethodWhere(describe("a file is moved, deleted or given a directory", ArchitectureTest::movesFiles))
            .because("what a power cut leaves is decided, and tested, there");

    @ArchTest
    static final ArchRule THE_LEDGER_KNOWS_NO_TELEMETRY = noClasses()
            .that()
            .resideInAPackage("io.vitrine.store.ledger..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vitrine.store.telemetry..")
            .because("money is kept whatever becomes of telemetry");

    @ArchTest
    static final ArchRule TELEMETRY_KNOWS_NO_LEDGER = noClasses()
            .that()
            .resideInAPackage("io.vitrine.store.telemetry..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vitrine.store.ledger..")
            .because("what may be lost must not touch what may not");

    @ArchTest
    static final ArchRule ASKS_NO_CLOCK = noClasses()
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .because("time is handed in, so that a test can move it");

    @ArchTest
    static final ArchRule PRINTS_NOTHING = noClasses()
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .because("the command line owns standard output");

    private static boolean movesFiles(JavaMethodCall call) {
        return call.getTargetOwner().isEquivalentTo(Files.class)
                && call.getName().matches("move|copy|delete|deleteIfExists|createDirector.*");
    }

    private static boolean isJdbc(JavaClass type) {
        return type.getPackageName().startsWith("java.sql");
    }
}
