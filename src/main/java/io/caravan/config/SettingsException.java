package io.caravan.config;

import java.util.List;

/** The settings cannot be used; names every problem, so that one reading mends them all. */
public final class SettingsException extends Exception {
    private static final long serialVersionUID = 1;

    public SettingsException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
    }
}
