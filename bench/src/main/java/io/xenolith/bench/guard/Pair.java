package io.xenolith.bench.guard;

/// Two ways to do the same work, ours and the bare one, ready to run in turns.
interface Pair {

    /// What has to be done before each turn and is not measured.
    void prepareTurn() throws Exception;

    Object ours() throws Exception;

    Object reference() throws Exception;

    void close() throws Exception;

    /// Something that is done with a benchmark. What it returns is what a compiler must not leave out.
    interface Step<T> {
        Object on(T bench) throws Exception;
    }

    /// Something that is done to a benchmark around what is measured.
    interface Around<T> {
        void on(T bench) throws Exception;
    }

    static <T> Pair of(T bench, Around<T> prepareTurn, Step<T> ours, Step<T> reference, Around<T> close) {
        return new Pair() {
            @Override
            public void prepareTurn() throws Exception {
                prepareTurn.on(bench);
            }

            @Override
            public Object ours() throws Exception {
                return ours.on(bench);
            }

            @Override
            public Object reference() throws Exception {
                return reference.on(bench);
            }

            @Override
            public void close() throws Exception {
                close.on(bench);
            }
        };
    }
}
