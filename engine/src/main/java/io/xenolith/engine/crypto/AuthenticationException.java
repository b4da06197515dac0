package io.xenolith.engine.crypto;

/// Sealed bytes that do not authenticate: they are damaged, were manipulated, or belong elsewhere. Which of these it is,
/// no one can tell. Deliberately no [java.io.IOException]: a failed read says nothing about the stored bytes, this does.
public final class AuthenticationException extends Exception {

    AuthenticationException(String object, long counter, int length, Throwable cause) {
        super("%s, message %d of %d bytes: it is damaged, was manipulated or belongs elsewhere; read another copy of it, or verify and repair the repository"
                .formatted(object, counter, length), cause);
    }
}
