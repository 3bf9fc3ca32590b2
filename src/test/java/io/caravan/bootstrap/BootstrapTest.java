package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    /** Camel takes {@code isReady} for a method named {@code ready}, too, and then may call neither (BeanInfo in 4.17.0). */
    @Test
    void noMethodThatRoutesCallIsAmbiguousWithAQuestion() {
        List<String> names = Arrays.stream(Bootstrap.class.getDeclaredMethods())
                .map(Method::getName)
                .toList();

        assertThat(names)
                .noneMatch(name -> names.contains("is" + Character.toUpperCase(name.charAt(0)) + name.substring(1)));
    }
}
