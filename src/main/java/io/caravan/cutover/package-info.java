/** The move of the writers: sequences, constraints, the proof that nothing is under way, and the end of the pipeline. */
@NullMarked
package io.caravan.cutover;

import org.jspecify.annotations.NullMarked;
