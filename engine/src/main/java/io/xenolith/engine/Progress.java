package io.xenolith.engine;

/// Told how far a flow has come. Called by several threads, often; must be fast and must not throw.
public interface Progress {

    /// Tells nobody.
    Progress NONE = new Progress() {
        @Override
        public void expect(long bytes) {
        }

        @Override
        public void advance(long bytes) {
        }
    };

    /// `bytes` more will have to be gone through than was known so far.
    void expect(long bytes);

    /// `bytes` more have been gone through.
    void advance(long bytes);
}
