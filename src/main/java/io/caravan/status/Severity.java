package io.caravan.status;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How much an {@link Alarm} wants of a person. */
public enum Severity {
    /** Nothing is wrong yet; it goes on, but someone should look soon. */
    @JsonProperty("yellow")
    YELLOW,
    /** Something stands still, is lost, or will be. */
    @JsonProperty("red")
    RED
}
