package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.bootstrap.Step;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A point whose method was renamed would never be come to. */
class CrashPointTest {
    @ParameterizedTest
    @EnumSource
    void everyPointIsAMethodThatThereIs(CrashPoint point) throws ClassNotFoundException {
        for (CrashPoint.Place place : point.places()) {
            Class<?> type = Class.forName(place.className(), false, getClass().getClassLoader());
            assertThat(Arrays.stream(type.getDeclaredMethods()).map(method -> method.getName()))
                    .contains(place.method());
            if (!place.argument().isEmpty()) {
                Set<String> steps = Arrays.stream(Step.values()).map(Step::name).collect(Collectors.toSet());
                assertThat(steps).contains(place.argument());
            }
        }
    }
}
