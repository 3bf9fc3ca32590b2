package io.caravan.preflight;

import java.util.List;
import java.util.stream.Collectors;

/** The pipeline cannot be set up as things are; the message has every finding with its remedy. */
public final class PreflightException extends Exception {
    private static final long serialVersionUID = 1;

    PreflightException(List<Finding> findings) {
        super(findings.stream().map(Finding::toString).collect(Collectors.joining(System.lineSeparator())));
    }
}
