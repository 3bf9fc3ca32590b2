package io.caravan.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class AttackTest {
    @Test
    void theAttackNeedsNoLibraryOfTheTestsSinceItsScriptCompilesItWithTheApplicationAlone() {
        noClasses()
                .that()
                .haveFullyQualifiedName(Attack.class.getName())
                .should()
                .transitivelyDependOnClassesThat()
                .resideInAnyPackage("org.assertj..", "org.junit..", "org.awaitility..")
                .check(new ClassFileImporter().importPackages("io.caravan"));
    }
}
