//! What stands on what: stages, their bases, `--from`, and which stages ship.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Base, Dockerfile, Expanded, Instruction, Kind, Stage, Word, facts};

/// What `COPY --from` or `RUN --mount=from=` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromRef<'w> {
    /// An earlier stage.
    Stage(usize),
    /// The stage that the instruction stands in.
    Itself(usize),
    /// A stage that is not built yet; BuildKit refuses it.
    Later(usize),
    /// `COPY --from=7` in a file with fewer stages.
    NoSuchIndex(i64),
    Scratch,
    /// An image or a named context of the caller; which of the two cannot be known from the file.
    Outside(Cow<'w, str>),
    /// It holds a variable, which BuildKit does not expand here.
    Variable,
    /// A trigger of ONBUILD: it names stages of a file that is not here.
    Unknown,
}

/// Builds the stages from the instructions.
pub(super) fn resolve(file: &mut Dockerfile) {
    let mut stages: Vec<Stage> = Vec::new();
    let mut names: HashMap<String, usize> = HashMap::new();
    for (i, instruction) in file.instructions.iter().enumerate() {
        match instruction.stage {
            Some(index) if index == stages.len() => {
                let base = match &instruction.kind {
                    Kind::From(from) => base(file, &from.image, instruction, &names),
                    _ => Base::Unknown,
                };
                let at_end = facts::InForce::default();
                let (ships, in_shipped_image) = (false, false);
                let root = match base {
                    Base::Stage(base) => stages[base].root,
                    _ => index,
                };
                stages.push(Stage {
                    index,
                    instructions: i..i + 1,
                    base,
                    ships,
                    in_shipped_image,
                    root,
                    at_end,
                });
                if let Kind::From(super::From { name: Some(name), .. }) = &instruction.kind {
                    names.insert(name.text.to_ascii_lowercase(), index);
                }
            }
            Some(index) => stages[index].instructions.end = i + 1,
            None => {}
        }
    }
    file.stages = stages;
    file.names = names;
    file.ship(&[]);
    facts::note(file);
}

/// What a FROM stands on. `names` are the earlier stages; of two with one name the later counts.
fn base<'a>(
    file: &Dockerfile<'a>,
    image: &Word<'a>,
    at: &Instruction<'a>,
    names: &HashMap<String, usize>,
) -> Base<'a> {
    let plain = !image.text.contains(['$', '"', '\'', file.escape]);
    let text = if plain {
        image.text.clone()
    } else {
        match file.expand(image, at) {
            Expanded::Known(text) | Expanded::Default(text) if !text.is_empty() => {
                Cow::Owned(text.into_owned())
            }
            _ => return Base::Unknown,
        }
    };
    if !names.is_empty() {
        // BuildKit finds only lower-case spellings here and then refuses the others as image names; the stage is
        // meant all the same.
        if let Some(&stage) = names.get(&*text).or_else(|| names.get(&text.to_ascii_lowercase())) {
            return Base::Stage(stage);
        }
    }
    if text == "scratch" { Base::Scratch } else { Base::Image(text) }
}

impl<'a> Dockerfile<'a> {
    /// Marks what ships: the final stage, and those that `targets` name.
    pub fn ship(&mut self, targets: &[&str]) {
        let last = self.stages.len().checked_sub(1);
        let named: Vec<usize> = targets.iter().filter_map(|target| self.target(target)).chain(last).collect();
        self.mark_shipped(&named);
    }

    /// Marks what ships: what `targets` name and nothing else; if none of them is here, what [`Dockerfile::ship`] marks
    /// by itself.
    pub fn ship_only(&mut self, targets: &[String]) {
        let named: Vec<usize> = targets.iter().filter_map(|target| self.target(target)).collect();
        if named.is_empty() { self.ship(&[]) } else { self.mark_shipped(&named) }
    }

    /// The stage that `docker build --target` builds: by its name in any case, or by its number.
    pub fn target(&self, target: &str) -> Option<usize> {
        let by_number = || target.parse::<usize>().ok().filter(|&number| number < self.stages.len());
        self.stage_named(target).or_else(by_number)
    }

    fn mark_shipped(&mut self, shipped: &[usize]) {
        for stage in &mut self.stages {
            (stage.ships, stage.in_shipped_image) = (false, false);
        }
        for &stage in shipped {
            (self.stages[stage].ships, self.stages[stage].in_shipped_image) = (true, true);
        }
        // A base is always an earlier stage, so one walk from the end reaches every ancestor.
        for i in (0..self.stages.len()).rev() {
            if let (true, Base::Stage(base)) = (self.stages[i].in_shipped_image, self.stages[i].base.clone())
            {
                self.stages[base].in_shipped_image = true;
            }
        }
    }

    /// The stage of this name, in any case; of several the last, as BuildKit has it.
    pub fn stage_named(&self, name: &str) -> Option<usize> {
        self.names.get(&name.to_ascii_lowercase()).copied()
    }

    /// The stage itself, then the one it is built FROM, and so on.
    pub fn ancestry(&self, stage: usize) -> impl Iterator<Item = usize> {
        let next = |&stage: &usize| match self.stages.get(stage)?.base {
            Base::Stage(base) => Some(base),
            _ => None,
        };
        std::iter::successors(self.stages.get(stage).map(|stage| stage.index), next)
    }

    /// The image from outside that a stage is built on, directly or through other stages of this file.
    pub fn root_base(&self, stage: usize) -> &Base<'a> {
        self.stages.get(stage).map_or(&Base::Unknown, |stage| &self.stages[stage.root].base)
    }

    /// What a `--from` (of COPY) or a `from=` (of a mount of RUN) names. COPY takes the number of a stage, too.
    pub fn resolve_from<'w>(&self, from: &'w Word, at: &Instruction) -> FromRef<'w> {
        let text = &*from.text;
        if text.find('$').is_some_and(|dollar| dollar + 1 != text.len()) {
            return FromRef::Variable;
        }
        if at.is_trigger {
            return FromRef::Unknown;
        }
        let here = at.stage.unwrap_or(0);
        let order = |stage: usize| match stage.cmp(&here) {
            std::cmp::Ordering::Less => FromRef::Stage(stage),
            std::cmp::Ordering::Equal => FromRef::Itself(stage),
            std::cmp::Ordering::Greater => FromRef::Later(stage),
        };
        if matches!(at.kind, Kind::Copy(_))
            && let Ok(index) = text.parse::<i64>()
        {
            let found = usize::try_from(index).ok().filter(|&index| index < self.stages.len());
            return found.map_or(FromRef::NoSuchIndex(index), order);
        }
        if let Some(stage) = self.stage_named(text) {
            return order(stage);
        }
        if text == "scratch" { FromRef::Scratch } else { FromRef::Outside(Cow::Borrowed(text)) }
    }
}
