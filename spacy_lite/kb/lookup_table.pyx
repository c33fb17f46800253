"""The storage of a knowledge base in memory: entities, vectors, aliases and their meanings, by ids of strings."""
from libc.stdint cimport uint32_t, uint64_t
from libcpp.string cimport string

import numpy

from ..errors import FormatError


cdef extern from "kb/knowledge.hh" namespace "spacy_lite" nogil:
    const uint32_t NO_ENTITY

    cdef struct Meaning:
        uint32_t entity
        float prior

    cdef cppclass Knowledge:
        Knowledge(size_t width) except +
        size_t width() noexcept
        size_t entities() noexcept
        size_t aliases() noexcept
        size_t bytes() noexcept
        uint64_t entity_id(size_t position) noexcept
        uint64_t alias_id(size_t position) noexcept
        float frequency(size_t position) noexcept
        const float* vector(size_t position) noexcept
        uint32_t find_entity(uint64_t id) noexcept
        bint has_alias(uint64_t id) noexcept
        void add_entity(uint64_t id, float frequency, const float* vector) except +
        void add_alias(uint64_t id, size_t room) except +
        void add_meaning(uint64_t alias_id, uint32_t entity, float prior) except +
        const Meaning* meanings(uint64_t alias_id, size_t& size) noexcept
        void write(string& out) except +
        const char* read(const char* data, size_t size) except +


cdef class LookupTable:
    """Entities and aliases of a knowledge base; callers check names and numbers."""
    cdef Knowledge* data

    def __cinit__(self, size_t width):
        """width: length of the entities' vectors."""
        self.data = new Knowledge(width)

    def __dealloc__(self):
        del self.data

    def __reduce__(self):
        return from_contents, (self.to_bytes(),)

    @property
    def width(self):
        """Length of the entities' vectors."""
        return self.data.width()

    @property
    def n_entities(self):
        """Number of entities."""
        return self.data.entities()

    @property
    def n_aliases(self):
        """Number of aliases."""
        return self.data.aliases()

    @property
    def nbytes(self):
        """Memory taken, in bytes."""
        return self.data.bytes()

    def entity_ids(self):
        """Ids of all entities in the order they were added: (n,) uint64."""
        ids = numpy.empty(self.data.entities(), dtype="uint64")
        cdef uint64_t[::1] view = ids
        cdef size_t i
        for i in range(self.data.entities()):
            view[i] = self.data.entity_id(i)
        return ids

    def alias_ids(self):
        """Ids of all aliases in the order they were added: (n,) uint64."""
        ids = numpy.empty(self.data.aliases(), dtype="uint64")
        cdef uint64_t[::1] view = ids
        cdef size_t i
        for i in range(self.data.aliases()):
            view[i] = self.data.alias_id(i)
        return ids

    def has_entity(self, uint64_t entity):
        """Whether there is an entity of that id."""
        return self.data.find_entity(entity) != NO_ENTITY

    def has_alias(self, uint64_t alias):
        """Whether there is an alias of that id."""
        return self.data.has_alias(alias)

    def position(self, uint64_t entity):
        """Position of an entity, from 0; -1 when there is none of that id."""
        cdef uint32_t found = self.data.find_entity(entity)
        return -1 if found == NO_ENTITY else found

    def frequency(self, uint64_t entity):
        """Frequency of an entity, 0 for an unknown one."""
        cdef uint32_t found = self.data.find_entity(entity)
        return 0.0 if found == NO_ENTITY else self.data.frequency(found)

    def vectors(self, const uint64_t[::1] entities):
        """Vectors of entities by their ids: (n, width) float32, zeros for unknown ones."""
        rows = numpy.zeros((entities.shape[0], self.data.width()), dtype="f")
        cdef float[:, ::1] view = rows
        cdef uint32_t found
        cdef Py_ssize_t i, j
        cdef const float* vector
        for i in range(entities.shape[0]):
            found = self.data.find_entity(entities[i])
            if found != NO_ENTITY:
                vector = self.data.vector(found)
                for j in range(view.shape[1]):
                    view[i, j] = vector[j]
        return rows

    def add_entity(self, uint64_t entity, float frequency, const float[::1] vector):
        """Add an entity that is not there. Raises ValueError for a vector of another length."""
        if <size_t>vector.shape[0] != self.data.width():
            raise ValueError(f"expected a vector of {self.data.width()} numbers, got {vector.shape[0]}")
        cdef float nothing = 0
        self.data.add_entity(entity, frequency, &vector[0] if vector.shape[0] else &nothing)

    def add_alias(self, uint64_t alias, const uint64_t[::1] entities, const float[::1] priors):
        """Add an alias that is not there, with its meanings. Raises KeyError, and adds nothing, for an unknown entity."""
        cdef Py_ssize_t i
        for i in range(entities.shape[0]):
            if self.data.find_entity(entities[i]) == NO_ENTITY:
                raise KeyError(entities[i])
        self.data.add_alias(alias, entities.shape[0])
        for i in range(entities.shape[0]):
            self.data.add_meaning(alias, self.data.find_entity(entities[i]), priors[i])

    def add_meaning(self, uint64_t alias, uint64_t entity, float prior):
        """Add a meaning to an alias. Raises KeyError when there is no such alias or entity."""
        if not self.data.has_alias(alias):
            raise KeyError(alias)
        cdef uint32_t position = self.data.find_entity(entity)
        if position == NO_ENTITY:
            raise KeyError(entity)
        self.data.add_meaning(alias, position, prior)

    def meanings(self, uint64_t alias):
        """What an alias may mean: (id of the entity, probability) pairs in the order they were added."""
        cdef size_t size = 0, i
        cdef const Meaning* found = self.data.meanings(alias, size)
        return [(self.data.entity_id(found[i].entity), found[i].prior) for i in range(size)]

    def prior(self, uint64_t entity, uint64_t alias):
        """Probability that the alias means the entity, 0 where nothing is known."""
        cdef size_t size = 0, i
        cdef const Meaning* found = self.data.meanings(alias, size)
        cdef uint32_t position = self.data.find_entity(entity)
        for i in range(size):
            if found[i].entity == position:
                return found[i].prior
        return 0.0

    def to_bytes(self):
        """All of it, as in a file."""
        cdef string out
        with nogil:
            self.data.write(out)
        return <bytes>out


def from_contents(const unsigned char[::1] contents):
    """The table a file has. Raises FormatError where the bytes are truncated, damaged or foreign."""
    cdef LookupTable table = LookupTable(0)
    cdef const char* problem
    cdef size_t size = contents.shape[0]
    cdef const char* data = NULL
    if size:
        data = <const char*>&contents[0]
    with nogil:
        problem = table.data.read(data, size)
    if problem is not NULL:
        raise FormatError(f"{size} bytes are not the contents of a knowledge base: {problem.decode('utf8')}")
    return table
