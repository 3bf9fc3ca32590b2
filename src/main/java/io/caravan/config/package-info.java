/** Reads and checks application.properties and the environment; the only place that knows the names of the settings. */
@NullMarked
package io.caravan.config;

import org.jspecify.annotations.NullMarked;
