/** The process that runs a pipeline, by {@code run} or in a Camel that someone else starts: its beans, its HTTP server, what it tells. */
@NullMarked
package io.caravan.run;

import org.jspecify.annotations.NullMarked;
