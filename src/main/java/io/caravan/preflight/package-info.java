/** Step preflight: finds what would go wrong before anything is changed, each finding with its remedy. */
@NullMarked
package io.caravan.preflight;

import org.jspecify.annotations.NullMarked;
