/** The commands that a person types: what they ask, and how their answers read. */
@NullMarked
package io.caravan.cli;

import org.jspecify.annotations.NullMarked;
