//! Spans: inside the file, on character borders, and over the very text of their words.

use hullguard::dockerfile::{Command, Dockerfile, Healthcheck, Instruction, Kind, Word};
use hullguard::text::{Source, Span};

/// Fails if a span of the document is not true.
pub(super) fn check(file: &Dockerfile, name: &str) {
    let source = file.source;
    let whole = |span| inside(source, span, name);
    file.comments.iter().copied().for_each(whole);
    file.blank_continuations.iter().copied().for_each(whole);
    file.errors.iter().map(|error| error.span).for_each(whole);
    for directive in &file.directives {
        whole(directive.span);
        word(source, &directive.name, name);
        word(source, &directive.value, name);
    }
    assert!(file.comments.is_sorted(), "{name}: comments are out of order");
    for instruction in file.all() {
        check_instruction(file, instruction, name);
    }
    for pair in file.instructions.windows(2) {
        assert!(pair[0].span.end <= pair[1].span.start, "{name}: instructions overlap");
    }
    let mut next = file.instructions.iter().take_while(|instruction| instruction.stage.is_none()).count();
    for stage in &file.stages {
        assert_eq!(
            stage.instructions.start, next,
            "{name}: stage {} does not follow the one before",
            stage.index
        );
        next = stage.instructions.end;
    }
    assert_eq!(next, file.instructions.len(), "{name}: the stages do not hold every instruction");
}

fn check_instruction(file: &Dockerfile, instruction: &Instruction, name: &str) {
    let source = file.source;
    inside(source, instruction.span, name);
    let own = |span: Span| {
        inside(source, span, name);
        assert!(instruction.span.contains(span), "{name}: {span:?} is outside {:?}", instruction.span);
    };
    assert!(instruction.comments_above.end <= file.comments.len(), "{name}: comments above");
    own(instruction.keyword.span);
    word(source, &instruction.keyword, name);
    for flag in &instruction.flags {
        own(flag.span);
        own(flag.name.span);
        if let Some(value) = &flag.value {
            own(value.span);
        }
    }
    for heredoc in &instruction.heredocs {
        own(heredoc.marker);
        inside(source, heredoc.body, name);
        if let Some(end) = heredoc.terminator {
            own(end);
            assert!(heredoc.body.end <= end.start, "{name}: a heredoc ends before its body");
        }
    }
    for mount in instruction.mounts() {
        own(mount.span);
        mount.options.iter().for_each(|option| own(option.span));
    }
    each_word(instruction, &mut |w| {
        own(w.span);
        word(source, w, name);
        for variable in file.variables(w) {
            own(variable.span);
            assert!(w.span.contains(variable.span), "{name}: {variable:?} is outside its word");
        }
        // Whatever it gives, it must give it.
        file.expand(w, instruction);
    });
    if let Some(Command::Shell(joined)) = instruction.command() {
        own(joined.span(0..joined.text.len()));
        for (at, c) in joined.text.char_indices() {
            let place = joined.span(at..at + c.len_utf8());
            assert_eq!(source.slice(place), c.to_string(), "{name}: joined text is misplaced");
        }
    }
    instruction.scripts();
    file.names_at(instruction);
    file.workdir_path(instruction);
}

/// All words that stand in an instruction's arguments.
pub(super) fn each_word<'i>(instruction: &'i Instruction, f: &mut dyn FnMut(&'i Word)) {
    match &instruction.kind {
        Kind::From(from) => {
            f(&from.image);
            from.name.iter().for_each(&mut *f);
        }
        Kind::Arg(pairs) | Kind::Env(pairs) | Kind::Label(pairs) => {
            for pair in pairs {
                f(&pair.key);
                pair.value.iter().for_each(&mut *f);
            }
        }
        Kind::Run(command)
        | Kind::Cmd(command)
        | Kind::Entrypoint(command)
        | Kind::Healthcheck(Healthcheck::Cmd { command, .. }) => {
            if let Command::Exec { words, .. } = command {
                words.iter().for_each(f);
            }
        }
        Kind::Copy(transfer) | Kind::Add(transfer) => {
            transfer.sources.iter().chain([&transfer.destination]).for_each(f);
        }
        Kind::Workdir(word) | Kind::User(word) | Kind::Stopsignal(word) | Kind::Maintainer(word) => f(word),
        Kind::Shell(words) | Kind::Expose(words) | Kind::Volume(words) | Kind::Unknown(words) => {
            words.iter().for_each(f);
        }
        Kind::Healthcheck(Healthcheck::None(_)) | Kind::Onbuild(_) => {}
    }
}

fn inside(source: &Source, span: Span, name: &str) {
    assert!(
        source.text().get(span.range()).is_some(),
        "{name}: {span:?} is not inside the file, or splits a character"
    );
}

fn word(source: &Source, word: &Word, name: &str) {
    inside(source, word.span, name);
    if let std::borrow::Cow::Borrowed(text) = word.text {
        assert_eq!(source.slice(word.span), text, "{name}: the span is not over the word's text");
    }
    for (at, c) in word.text.char_indices() {
        let place = word.place(at..at + c.len_utf8());
        assert!(word.span.contains(place), "{name}: {place:?} is outside its word {word:?}");
    }
}
