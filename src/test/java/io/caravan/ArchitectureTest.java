package io.caravan;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.CanBeAnnotated.Predicates.annotatedWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.annotation.Retention;
import java.time.Instant;
import org.apache.camel.Exchange;

@AnalyzeClasses(packages = "io.caravan", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule importsPointOneWay = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("io.caravan..")
            .layer("Main")
            .definedBy("io.caravan")
            .layer("cli")
            .definedBy("..cli..")
            .layer("run")
            .definedBy("..caravan.run..")
            .layer("pipeline")
            .definedBy("..pipeline..")
            .layer("embedded")
            .definedBy("..embedded..")
            .layer("config")
            .definedBy("..config..")
            .layer("status")
            .definedBy("..status..")
            .layer("preflight")
            .definedBy("..preflight..")
            .layer("bootstrap")
            .definedBy("..bootstrap..")
            .layer("cutover")
            .definedBy("..cutover..")
            .layer("guard")
            .definedBy("..guard..")
            .layer("engine")
            .definedBy("..engine..")
            .layer("read")
            .definedBy("..read..")
            .layer("apply")
            .definedBy("..apply..")
            .layer("verify")
            .definedBy("..verify..")
            .layer("ownsteps")
            .definedBy("..ownsteps..")
            .layer("change")
            .definedBy("..change..")
            .layer("connect")
            .definedBy("..connect..")
            .layer("postgres")
            .definedBy("..postgres..")
            .layer("connector")
            .definedBy("..connector..")
            .whereLayer("Main")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("cli")
            .mayOnlyBeAccessedByLayers("Main")
            .whereLayer("run")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("pipeline")
            .mayOnlyBeAccessedByLayers("cli", "run")
            .whereLayer("embedded")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("config")
            .mayOnlyBeAccessedByLayers("cli", "run", "pipeline", "embedded")
            .whereLayer("status")
            .mayOnlyBeAccessedByLayers("cli", "run", "pipeline")
            .whereLayer("preflight")
            .mayOnlyBeAccessedByLayers("cli", "run", "pipeline", "status")
            .whereLayer("bootstrap")
            .mayOnlyBeAccessedByLayers("cli", "run", "pipeline", "status")
            .whereLayer("cutover")
            .mayOnlyBeAccessedByLayers("cli", "run", "pipeline")
            .whereLayer("guard")
            .mayOnlyBeAccessedByLayers("cli", "run", "pipeline", "status")
            .whereLayer("engine")
            .mayOnlyBeAccessedByLayers("pipeline")
            .whereLayer("read")
            .mayOnlyBeAccessedByLayers("pipeline", "status")
            .whereLayer("apply")
            .mayOnlyBeAccessedByLayers("cli", "run", "pipeline", "status")
            .whereLayer("verify")
            .mayOnlyBeAccessedByLayers("cli", "run", "pipeline", "status")
            .whereLayer("ownsteps")
            .mayOnlyBeAccessedByLayers("pipeline", "bootstrap", "verify")
            .whereLayer("change")
            .mayOnlyBeAccessedByLayers("pipeline", "ownsteps", "bootstrap", "read", "apply", "verify")
            .whereLayer("connect")
            .mayOnlyBeAccessedByLayers("cli", "run", "pipeline", "config", "status", "bootstrap", "guard")
            .whereLayer("connector")
            .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule changeKnowsOfPostgresAloneAndPostgresOfNothing = noClasses()
            .that()
            .resideInAPackage("..postgres..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.caravan..").and(not(resideInAnyPackage("..postgres.."))));

    @ArchTest
    static final ArchRule theConnectorRunsElsewhereAndSeesNothingOfTheApplication = noClasses()
            .that()
            .resideInAPackage("..connector..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.caravan..", "org.apache.camel..")
                    .and(not(resideInAnyPackage("io.caravan.connector.."))));

    @ArchTest
    static final ArchRule onlyTheConnectorKnowsDebezium = noClasses()
            .that()
            .resideOutsideOfPackage("..connector..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.debezium..");

    @ArchTest
    static final ArchRule camelStaysAtTheEdge = noClasses()
            .that()
            .resideOutsideOfPackages("..run..", "..pipeline..", "..engine..", "..read..", "..apply..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.camel..");

    /** Annotations say where an argument comes from, the exchange what failed; a value needs nothing else of Camel's. */
    @ArchTest
    static final ArchRule applyUsesLittleOfCamel = noClasses()
            .that()
            .resideInAPackage("..apply..")
            .and()
            .doNotHaveSimpleName("TransactionPolicy")
            .and()
            .doNotHaveSimpleName("RunParameters")
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.apache.camel..")
                    .and(not(annotatedWith(Retention.class)))
                    .and(not(belongToAnyOf(Exchange.class))));

    @ArchTest
    static final ArchRule theReadingOfTopicsIsTheOnlyOneWithAKafkaConsumer = noClasses()
            .that()
            .resideOutsideOfPackages("..read..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.apache.kafka.clients.consumer.KafkaConsumer");

    /** What is waited for until a moment of the wall clock is not done for as long as someone sets that clock back. These only tell it. */
    @ArchTest
    static final ArchRule nothingWaitsForTheWallClock = noClasses()
            .that()
            .haveNameNotMatching(
                    ".*[.](OwnStepsRoute|PipelineMetrics|Retries|RowEvents|RunBeans|TableRoutes|TopicReader|VerifyCommand)")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.caravan.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule classesAreNounsForWhatTheyAre =
            noClasses().should().haveNameMatching(".*(Manager|Helper|Utils?|Impl|Handler|Service|Processor|Base)");
}
