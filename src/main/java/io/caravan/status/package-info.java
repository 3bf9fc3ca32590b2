/** What people and monitors see: the pipeline's state as one value, for the page, the API and the command. */
@NullMarked
package io.caravan.status;

import org.jspecify.annotations.NullMarked;
