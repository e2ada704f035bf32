package io.vitrine.grammar.automaton;

import java.util.List;

/** How a language is composed; equal forms are one language. Children are compared by identity. */
sealed interface Form {

    boolean acceptsEmpty();

    /** Whether no member is possible although the form was not simplified to {@link None}. */
    boolean mayBeEmpty();

    ByteClasses classes(Languages languages);

    /** What may follow {@code value} in a member that begins with it. */
    Language derive(Languages languages, int value);

    /** No text at all. */
    record None() implements Form {

        @Override
        public boolean acceptsEmpty() {
            return false;
        }

        @Override
        public boolean mayBeEmpty() {
            return true;
        }

        @Override
        public ByteClasses classes(Languages languages) {
            return ByteClasses.ONE;
        }

        @Override
        public Language derive(Languages languages, int value) {
            return languages.none();
        }
    }

    /** The empty text. */
    record Epsilon() implements Form {

        @Override
        public boolean acceptsEmpty() {
            return true;
        }

        @Override
        public boolean mayBeEmpty() {
            return false;
        }

        @Override
        public ByteClasses classes(Languages languages) {
            return ByteClasses.ONE;
        }

        @Override
        public Language derive(Languages languages, int value) {
            return languages.none();
        }
    }

    /** One byte of a set. */
    record Bytes(ByteSet set) implements Form {

        @Override
        public boolean acceptsEmpty() {
            return false;
        }

        @Override
        public boolean mayBeEmpty() {
            return false;
        }

        @Override
        public ByteClasses classes(Languages languages) {
            return languages.intern(ByteClasses.of(set));
        }

        @Override
        public Language derive(Languages languages, int value) {
            return set.contains(value) ? languages.epsilon() : languages.none();
        }
    }

    /** A member of {@code first}, then one of {@code rest}. */
    record Concatenation(Language first, Language rest) implements Form {

        @Override
        public boolean acceptsEmpty() {
            return first.acceptsEmpty() && rest.acceptsEmpty();
        }

        @Override
        public boolean mayBeEmpty() {
            return first.form.mayBeEmpty() || rest.form.mayBeEmpty();
        }

        @Override
        public ByteClasses classes(Languages languages) {
            return first.acceptsEmpty() ? languages.meet(first.classes, rest.classes) : first.classes;
        }

        @Override
        public Language derive(Languages languages, int value) {
            Language within = languages.concatenation(languages.derivative(first, value), rest);
            return first.acceptsEmpty() ? languages.union(within, languages.derivative(rest, value)) : within;
        }
    }

    /** A member of any part; parts in order of their ids. */
    record Union(List<Language> parts) implements Form {

        @Override
        public boolean acceptsEmpty() {
            return parts.stream().anyMatch(Language::acceptsEmpty);
        }

        @Override
        public boolean mayBeEmpty() {
            return parts.stream().allMatch(part -> part.form.mayBeEmpty());
        }

        @Override
        public ByteClasses classes(Languages languages) {
            return languages.meet(parts);
        }

        @Override
        public Language derive(Languages languages, int value) {
            return languages.union(parts.stream()
                    .map(part -> languages.derivative(part, value))
                    .toList());
        }
    }

    /** A member of every part; parts in order of their ids. */
    record Intersection(List<Language> parts) implements Form {

        @Override
        public boolean acceptsEmpty() {
            return parts.stream().allMatch(Language::acceptsEmpty);
        }

        @Override
        public boolean mayBeEmpty() {
            return true;
        }

        @Override
        public ByteClasses classes(Languages languages) {
            return languages.meet(parts);
        }

        @Override
        public Language derive(Languages languages, int value) {
            return languages.intersection(parts.stream()
                    .map(part -> languages.derivative(part, value))
                    .toList());
        }
    }

    /** Every byte string that is not a member of {@code excluded}. */
    record Complement(Language excluded) implements Form {

        @Override
        public boolean acceptsEmpty() {
            return !excluded.acceptsEmpty();
        }

        @Override
        public boolean mayBeEmpty() {
            return true;
        }

        @Override
        public ByteClasses classes(Languages languages) {
            return excluded.classes;
        }

        @Override
        public Language derive(Languages languages, int value) {
            return languages.complement(languages.derivative(excluded, value));
        }
    }

    /** From {@code min} to {@code max} members of {@code body}: a counter, never unrolled. */
    record Repetition(Language body, int min, int max) implements Form {

        @Override
        public boolean acceptsEmpty() {
            return min == 0;
        }

        @Override
        public boolean mayBeEmpty() {
            return min > 0 && body.form.mayBeEmpty();
        }

        @Override
        public ByteClasses classes(Languages languages) {
            return body.classes;
        }

        @Override
        public Language derive(Languages languages, int value) {
            int left = max == Languages.UNBOUNDED ? max : max - 1;
            return languages.concatenation(
                    languages.derivative(body, value), languages.repetition(body, Math.max(min - 1, 0), left));
        }
    }

    /**
     * Decimal digits whose value is a multiple of {@code divisor / 10^scale}, with at most {@code scale} digits after
     * the point.
     *
     * @param remainder of the digits read so far, modulo {@code divisor}
     * @param fractionDigits digits read after the point, or {@link #BEFORE_POINT}
     */
    record Multiple(int divisor, int scale, int remainder, int fractionDigits) implements Form {

        static final int BEFORE_POINT = -1;

        @Override
        public boolean acceptsEmpty() {
            long padded = remainder;
            for (int digit = Math.max(fractionDigits, 0); digit < scale; digit++) {
                padded = padded * 10 % divisor;
            }
            return fractionDigits != 0 && padded == 0;
        }

        @Override
        public boolean mayBeEmpty() {
            return true;
        }

        @Override
        public ByteClasses classes(Languages languages) {
            ByteClasses classes = languages.intern(ByteClasses.of(ByteSet.of('.')));
            for (int digit = '0'; digit <= '9'; digit++) {
                classes = languages.meet(classes, languages.intern(ByteClasses.of(ByteSet.of(digit))));
            }
            return classes;
        }

        @Override
        public Language derive(Languages languages, int value) {
            if (value == '.' && fractionDigits == BEFORE_POINT && scale > 0) {
                return languages.make(new Multiple(divisor, scale, remainder, 0));
            }
            if (value < '0' || value > '9' || fractionDigits == scale) {
                return languages.none();
            }
            int next = (int) ((remainder * 10L + (value - '0')) % divisor);
            return languages.make(new Multiple(
                    divisor, scale, next, fractionDigits == BEFORE_POINT ? BEFORE_POINT : fractionDigits + 1));
        }
    }
}
