"""Loading one plugin, under guard: what it offers, or what is wrong with it and whose fault it is.

Nothing that it does costs another plugin, or the show, more than the seconds stated here.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from types import ModuleType

from livegan.plugin import source
from livegan.plugin.catalogue import Offer
from livegan.plugin.guard import Deprecations, Late, place_of, reason_of, within
from livegan.plugin.loading.deaths import Deadly, watched
from livegan.plugin.loading.digest import digest_of
from livegan.plugin.loading.entry import Entry
from livegan.plugin.loading.modules import files_of, own_modules, stale
from livegan.plugin.loading.record import Plugin, Problem, Record
from livegan.plugin.loading.registration import Registration, stamp_of

IMPORT_S = 20.0
HOOKS_S = 2.0


def load(entry: Entry, anew: bool = False) -> Record:
    """Load one plugin; never raises for what it does.

    ``anew`` reads all its modules again, though their texts are the same: what they keep may be of
    another file that has changed.
    """
    began = time.perf_counter()
    registration = Registration(entry)
    before: dict[str, ModuleType] = {}
    if entry.hot:
        names = [entry.module, *own_modules(entry)]
        before = {name: sys.modules[name] for name in names if name in sys.modules}
        source.forget(names if anew else stale(entry))
    error: BaseException | None = None
    seen = Deprecations()
    try:
        if entry.origin == "built in":
            registration.read()
            registration.hooks()
        else:
            with watched(entry), seen:
                within(IMPORT_S, registration.read)
                within(HOOKS_S, registration.hooks)
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as wrong:
        error = wrong
    registration.over = True
    file = str(getattr(registration.module, "__file__", None) or entry.value)
    warned = seen.of(lambda place: place.startswith(entry.near)) if entry.near else ()
    made = Plugin(
        entry.package,
        entry.version,
        file,
        (time.perf_counter() - began) * 1000,
        tuple(registration.provides),
        origin=entry.origin,
        warnings=warned,
    )
    record = Record(
        entry,
        made,
        registration.module,
        registration.operations,
        registration.offers,
        before=before,
    )
    if error is not None:
        where, reason = blamed(error, file, entry.near)
        if isinstance(error, Deadly):
            where, reason = file, str(error)
        if isinstance(error, Late):
            what = "its hooks are" if registration.module is not None else "its import is"
            change = "do slow things in __init__ of what it registers, which may take its time"
            reason = f"{what} {error.message}; {change}"
        state = "partly loaded" if registration.provides else "refused"
        record.plugin = replace(made, state=state, reason=reason, where=where)
        record.problems.append(Problem(entry.package, entry.version, where, reason))
    if entry.hot:
        record.files = files_of(entry, error is not None)
        read = [file for made_of in record.operations for file in made_of.files]
        read += [file for offer in record.offers for file in offer.files]
        record.files |= {file: source.file_digest(file) for file in read}
        record.offers = [replace(o, stamp=stamped(o)) for o in record.offers]
        if record.plugin.state == "refused":
            record.withdraw()
    return record


def stamped(offer: Offer) -> str:
    """Changes when the code of an offer does, or one of its files."""
    return f"{digest_of(offer.make)} {stamp_of(offer.files)}"


def blamed(error: BaseException, file: str, near: str) -> tuple[str, str]:
    """Where it went wrong and what; of an error that cannot be asked, its file and its kind."""
    try:
        return within(HOOKS_S, lambda: (place_of(error, file, near), reason_of(error)))
    except KeyboardInterrupt:
        raise
    except BaseException:
        return file, type(error).__name__
