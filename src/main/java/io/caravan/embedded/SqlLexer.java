package io.caravan.embedded;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the end of one statement. Fed line by line; keeps what is open across lines. */
final class SqlLexer {
    private static final Pattern DOLLAR_QUOTE = Pattern.compile("\\$([\\p{L}_][\\p{L}\\d_]*)?\\$");
    private static final Pattern WORD = Pattern.compile("[\\p{L}_][\\p{L}\\d_$]*");
    private static final Pattern ROUTINE = Pattern.compile("create (or replace )?(function|procedure) .*");
    private static final int WORDS_TO_KNOW_A_ROUTINE = 5;

    /** What ends the open quote: {@code '}, {@code "}, a dollar quote; empty outside. */
    private String quote = "";

    private boolean backslashEscapes;
    private int commentDepth;
    private int parentheses;
    /** Of {@code BEGIN ATOMIC … END}, where semicolons end the statements of a routine's body. */
    private int bodyDepth;

    private final StringBuilder firstWords = new StringBuilder();
    private int wordCount;
    private int begin = -1;

    /** Whether nothing but white space and comments has been read. */
    boolean isBlank() {
        return begin < 0;
    }

    /** Where the statement begins in the first line that is not blank. */
    int begin() {
        return begin;
    }

    boolean isInComment() {
        return commentDepth > 0;
    }

    /** Reads one line, without its end. Returns the index after the semicolon that ends the statement, or -1. */
    int read(String line) {
        int at = 0;
        while (at < line.length()) {
            if (commentDepth > 0) {
                at = insideComment(line, at);
            } else if (!quote.isEmpty()) {
                at = insideQuote(line, at);
            } else if (line.startsWith("--", at)) {
                return -1;
            } else if (line.startsWith("/*", at)) {
                commentDepth = 1;
                at += 2;
            } else if (line.charAt(at) == ';' && parentheses <= 0 && bodyDepth == 0) {
                return at + 1;
            } else {
                at = outside(line, at);
            }
        }
        return -1;
    }

    /** Comments nest in PostgreSQL. */
    private int insideComment(String line, int at) {
        if (line.startsWith("*/", at)) {
            commentDepth--;
            return at + 2;
        }
        if (line.startsWith("/*", at)) {
            commentDepth++;
            return at + 2;
        }
        return at + 1;
    }

    /** A doubled quote ends one and begins the next, which comes to the same. */
    private int insideQuote(String line, int at) {
        if (backslashEscapes && line.charAt(at) == '\\') {
            return at + 2;
        }
        if (line.startsWith(quote, at)) {
            int end = at + quote.length();
            if (backslashEscapes && line.startsWith("'", end)) {
                return end + 1; // still in the string with escapes
            }
            quote = "";
            backslashEscapes = false;
            return end;
        }
        return at + 1;
    }

    private int outside(String line, int at) {
        char c = line.charAt(at);
        if (isBlank() && !Character.isWhitespace(c)) {
            begin = at;
        }
        if (c == '\'' || c == '"') {
            quote = String.valueOf(c);
            return at + 1;
        }
        if (c == '$') {
            return dollar(line, at);
        }
        if (Character.isLetter(c) || c == '_') {
            return word(line, at);
        }
        parentheses += c == '(' ? 1 : c == ')' ? -1 : 0;
        return at + 1;
    }

    private int dollar(String line, int at) {
        Matcher matcher = DOLLAR_QUOTE.matcher(line).region(at, line.length());
        if (!matcher.lookingAt()) {
            return at + 1;
        }
        quote = matcher.group();
        return matcher.end();
    }

    private int word(String line, int at) {
        Matcher matcher = WORD.matcher(line).region(at, line.length());
        if (!matcher.lookingAt()) {
            return at + 1;
        }
        String word = matcher.group().toLowerCase(Locale.ROOT);
        if (word.equals("e") && line.startsWith("'", matcher.end())) {
            quote = "'";
            backslashEscapes = true;
            return matcher.end() + 1;
        }
        if (wordCount++ < WORDS_TO_KNOW_A_ROUTINE) {
            firstWords.append(word).append(' ');
        }
        body(word);
        return matcher.end();
    }

    private void body(String word) {
        if (parentheses > 0 || !ROUTINE.matcher(firstWords).matches()) {
            return;
        }
        if (word.equals("begin") || (word.equals("case") && bodyDepth > 0)) {
            bodyDepth++;
        } else if (word.equals("end") && bodyDepth > 0) {
            bodyDepth--;
        }
    }
}
