package io.caravan.it;

/** {@code camel}, as a JVM of its own; by reflection, since only the Maven profile camel-jbang has its jars. */
final class CamelJBang {
    private CamelJBang() {}

    public static void main(String... arguments) throws Exception {
        Class.forName("org.apache.camel.dsl.jbang.core.commands.CamelJBangMain")
                .getMethod("run", String[].class)
                .invoke(null, (Object) arguments);
    }
}
