"""What a Pepway does once in its life, and tests would do for each of theirs.

A process that serves compiles each of its statements, addresses and templates once; a run makes
thousands of databases and applications in one process, and they share what was compiled.
"""

from contextlib import contextmanager

import pytest
from jinja2 import BytecodeCache
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule
from whitenoise import WhiteNoise

from engine.store import database

MOST_STATEMENTS = 20_000


@contextmanager
def statements_compiled_once():
    """All databases of a kind in this process take the same statement as it was first compiled."""
    kept, create_engine = {}, database.create_engine

    def create(*address, **options):
        engine = create_engine(*address, **options)
        engine._compiled_cache = kept.setdefault(engine.name, LRUCache(MOST_STATEMENTS))
        return engine

    with pytest.MonkeyPatch.context() as patch:
        # a compiled statement is kept by its dialect, of which each engine has one of its own
        patch.setattr(DefaultDialect, "__hash__", lambda dialect: hash(type(dialect)))
        patch.setattr(DefaultDialect, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(database, "create_engine", create)
        yield


@contextmanager
def addresses_compiled_once():
    """Of hundreds of addresses Werkzeug makes expressions and functions for each application."""
    kept, compiling = {}, Rule.compile
    made = ("_parts", "_trace", "_converters")

    def compile_once(rule):
        of = (rule.rule, rule.subdomain, rule.merge_slashes, repr(rule.defaults))
        if of not in kept:
            compiling(rule)
            builders = rule._build.__func__, rule._build_unknown.__func__
            kept[of] = {name: getattr(rule, name) for name in made}, rule.arguments, builders
            return
        compiled, arguments, (build, build_unknown) = kept[of]
        vars(rule).update(compiled, arguments=set(arguments))
        rule._build, rule._build_unknown = build.__get__(rule), build_unknown.__get__(rule)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "compile", compile_once)
        yield


@contextmanager
def built_files_read_once():
    """WhiteNoise looks at each built file for each application; no test builds them anew."""
    kept, looking = {}, WhiteNoise.update_files_dictionary

    def look_once(served, root, prefix):
        headers = served.add_headers_function
        of = (root, prefix, getattr(headers, "args", headers))
        if of not in kept:
            looking(served, root, prefix)
            kept[of] = dict(served.files)
        served.files.update(kept[of])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", look_once)
        yield


class TemplatesCompiledOnce(BytecodeCache):
    """For the environment of each test's application."""

    def __init__(self):
        self._kept = {}

    def load_bytecode(self, bucket):
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket):
        self._kept[bucket.key, bucket.checksum] = bucket.code


COMPILED = TemplatesCompiledOnce()
