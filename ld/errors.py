"""Everything that can go wrong, as one tree.

    ShelfgraphError
    ├── UsageError            the command or its arguments are wrong (exit 2)
    │   └── SettingError      a setting has no such name or an impossible value
    ├── SourceError           a source cannot be opened, read or recognised
    │   └── PartError         a source is only a part of a list; says how many records are missing
    ├── VocabError            a file in vocab/ says something impossible; names file:line
    ├── SiteError             the site folder cannot be used: read-only, locked, no generation, damaged
    │   └── LostError         nothing says any longer which generation is live
    ├── WhyError              the statements of a record cannot be explained now: too many ask, or it takes too long
    └── QueryError            a SPARQL query gets no answer
        ├── QuerySyntaxError  it is not SPARQL 1.1; gives line and column
        ├── QueryTooDeep      it is nested too deeply, or has too many parts
        ├── QueryTooLong      its text is over the limit
        ├── QueryForbidden    it is an update, or asks the server to open a connection (SERVICE, LOAD)
        ├── ResultTooLarge    more rows or bytes than the limit
        ├── ResultNotXML      the answer contains something that XML cannot hold
        ├── QueryTimeout      it ran into the time limit
        ├── QueryMemory       it ran into the memory limit, or its worker died
        ├── ClientGone        the client has disconnected
        ├── ClientBusy        this client is already running as many queries as it may
        └── QueueFull         the queue of waiting queries is full

A record that cannot be used is not an exception but an outcome: `ld.record.Rejected`.
Each message says what is wrong, where, and what to do.
"""


class ShelfgraphError(Exception):
    """Any failure that a person can act on; its text is the whole message."""

    exit_code = 1


class UsageError(ShelfgraphError):
    """The command or its arguments are wrong."""

    exit_code = 2


class SettingError(UsageError):
    """A setting has no such name or an impossible value."""


class SourceError(ShelfgraphError):
    """A source cannot be opened, read or recognised."""


class PartError(SourceError):
    """A source is only a part of a list, and nobody asked for a part; `missing` is 0 where the number is unknown."""

    def __init__(self, message: str, missing: int = 0) -> None:
        super().__init__(message)
        self.missing = missing


class VocabError(ShelfgraphError):
    """A file in `vocab/` says something impossible; the message begins with file:line."""


class SiteError(ShelfgraphError):
    """The site folder cannot be used."""


class LostError(SiteError):
    """Something has been published, but `current` no longer names a finished generation of the site."""


class WhyError(ShelfgraphError):
    """The statements of a record cannot be explained now."""


class QueryError(ShelfgraphError):
    """A SPARQL query gets no answer."""


class QuerySyntaxError(QueryError):
    """The text is not a SPARQL 1.1 query; `line` and `column` count from 1, 0 where the engine gives none."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class QueryTooDeep(QueryError):
    """The query is nested too deeply, or has too many parts, to be an honest one."""


class QueryTooLong(QueryError):
    """The query's text is over the limit."""


class QueryForbidden(QueryError):
    """The query is an update, or asks the server to open a connection."""


class ResultTooLarge(QueryError):
    """The answer has more rows or bytes than the limit."""


class ResultNotXML(QueryError):
    """The answer contains something that XML cannot hold: a character, or a property without a local name."""


class QueryTimeout(QueryError):
    """The query ran into the time limit and was stopped."""


class QueryMemory(QueryError):
    """The query was stopped: it ran into the memory limit, or its worker died."""


class ClientGone(QueryError):
    """The client has disconnected; the query was stopped."""


class ClientBusy(QueryError):
    """This client is already running as many queries as it may."""


class QueueFull(QueryError):
    """The queue of waiting queries is full."""
