/** One pipeline put together from its settings: the steps' parts, what the routes call by name, and the Camel that the routes run in. */
@NullMarked
package io.caravan.pipeline;

import org.jspecify.annotations.NullMarked;
