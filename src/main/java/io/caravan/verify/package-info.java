/** Step verify: compares source and target at one and the same point of the stream. */
@NullMarked
package io.caravan.verify;

import org.jspecify.annotations.NullMarked;
