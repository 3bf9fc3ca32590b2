/** The commands that a person types, and the wiring of one run. */
@NullMarked
package io.caravan.cli;

import org.jspecify.annotations.NullMarked;
