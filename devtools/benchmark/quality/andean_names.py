"""Names and cars of Colombia's highlands, and of Venezuelans who live there, commonest first."""

from __future__ import annotations

from devtools.benchmark.quality.draws import Ranked
from devtools.benchmark.quality.humans import car_models

_SURNAMES = """
Rodríguez Martínez Gómez González López García Hernández Sánchez Díaz Ramírez Pérez Torres Muñoz Rojas Vargas Moreno
Jiménez Gutiérrez Castro Ortiz Álvarez Ruiz Suárez Romero Herrera Rincón Castillo Cárdenas Medina Niño Parra Quintero
Valencia Guerrero Cortés Delgado Rosero Narváez Benavides Erazo Burbano Chaves Pantoja Insuasty Jojoa Bastidas Cabrera
Criollo Chamorro Bolaños Zambrano Ordóñez Imbachí Hoyos Velasco Cerón Quijano Piamba Chilito Samboní Anacona Salamanca
Cely Pulido Sanabria Fajardo Chaparro Puentes Cuervo Cubides Mesa Patarroyo Barón Avella Siachoque Rativa Tovar
Perdomo Trujillo Losada Cuenca Polanía Charry Andrade Ramos Bernal Forero Garzón Nieto Peña Pinzón Prieto Sierra
Villamil Alfonso Ávila Beltrán Bohórquez Buitrago Camargo Casallas Castañeda Chacón Contreras Cruz Duarte Espitia
Fonseca Galindo Gaitán Guzmán Ladino León Lozano Malagón Mendieta Molano Molina Monroy Mora Murcia Novoa Ochoa Olaya
Ospina Pachón Páez Pardo Peñuela Pineda Piñeros Poveda Quiroga Quiroz Reina Reyes Riaño Rico Riveros Robayo Roa
Rubiano Rueda Salcedo Santana Sarmiento Sastoque Soler Sosa Sotelo Tibaquirá Triana Umaña Useche Vanegas Vega Velandia
Velásquez Vergara Villalba Yate Zamora Ariza Ardila Báez Bautista Calderón Carreño Jaimes Leal Mantilla Navas Ortega
Pabón Peñaranda Plata Serrano Silva Solano Vera Cáceres Gelvez Mogollón Rangel Bedoya Cardona Giraldo Marín Montoya
Ocampo Osorio Restrepo Ríos Salazar Toro Zapata Arias Aguirre Agudelo Henao Londoño Mejía Orozco Betancourt Caicedo
Mosquera Lucumí Carabalí Balanta Viáfara Campo Chocué Guegia
"""
_STARTS = (
    "Achi Bacha Chia Cogua Fura Gacha Guata Mone Neusa Ocha Pasca Sopo Suta Tausa Tibi Tunja Ubate Yopa Zipa Quema"
)
_ENDS = "güe mbo naque quirá rón sca suca tama tiva toque vita yán zaque ndo lí cón"
_PARTICLES = "De_la_Cruz Del_Río De_la_Rosa De_los_Reyes Ladrón_de_Guevara"
_ABROAD = """
González Rodríguez Pérez Hernández García Colmenares Briceño Urdaneta Chacín Bracho Finol Villalobos Semprún Montiel
Ferrer Morillo Perozo Petit Chirinos Colina Lugo Piña Guanipa Graterol Linares Terán Rondón Uzcátegui Peñaloza
Contreras Rivas Márquez Mora Zerpa Quintero Carrero Araque Albornoz Dugarte Escalona Mendoza Timaure Yépez Alvarado
Camacaro Sequera Freitez Machado Marcano Brito Figuera Rojas Salazar Guzmán Bermúdez Tovar Blanco Infante Ledezma
Loreto Aponte Seijas Hurtado
"""

_MEN = """
Juan Carlos José Luis Jorge Andrés Diego Jhon Óscar Edwin Miguel Wilson Fabián Cristian Javier Édgar Camilo Daniel
Jairo Sebastián Germán David Mauricio Nelson Fernando Álvaro César William Alexander Hernán Yeison Brayan Henry Víctor
Fredy Leonardo Ricardo Rafael Jaime Manuel Gustavo Milton Yesid Pedro Julián Kevin Duván Iván Orlando Harold Ferney
Santiago Libardo Rubén Hugo Arnulfo Wilmar Nicolás Giovanny Steven Ramiro Jefferson Darío Ever Mario Anderson Campo
Elkin Efraín
"""
_MEN_SECOND = """
Andrés Alberto Fernando Alejandro Carlos David Camilo Enrique Felipe Eduardo Antonio Alexander Alonso Mauricio Armando
Esteban Darío Hernando Arturo Fabián Stiven Leonardo Javier Sebastián Orlando Ernesto Ignacio Augusto Humberto Iván
Eliécer Giovanny Ferney Yesid Julián Manuel Elías Libardo Rodrigo Hernán
"""
_WOMEN = "Luz María Sandra Claudia Diana Paola Leidy Andrea Yuri Martha Ángela Adriana Jenny Lady Mónica Nubia"
_WOMEN_SECOND = "Milena Patricia Marcela Paola Carolina Andrea Esperanza Yaneth Stella Johana Liliana Mireya"
_INVENTED_STARTS = "Yo Ye Jho Wil Ja Da De Eu Fra Ke Ro Na Ma Lei Ri Ger O Jes Yu Ande Hen"
_INVENTED_ENDS = (
    "rman ferson nder ker vis linson yerson nkson drick sber mar lvin swar nyer xon brayan ddy lber kson rwin"
)

_CARS = """
Chevrolet Spark GT
Renault Logan
Kia Picanto
Chevrolet Beat
Hyundai i10
Renault Sandero
Kia Rio
Renault Kwid
Chevrolet Sail
Mazda 2
Nissan March
Chevrolet Onix
Suzuki Swift
Nissan Versa
Hyundai Accent
Renault Stepway
Kia Soluto
Ford Fiesta
Volkswagen Voyage
Suzuki S-Presso
Chery QQ
Toyota Yaris
Volkswagen Gol
JAC S2
Citroën C3
Peugeot 208
Fiat Mobi
Kia Morning
Faw R7
Dongfeng Rich
"""

SURNAMES = Ranked(
    [
        *(word.replace("_", " ") for word in _SURNAMES.split()[:70] + _PARTICLES.split() + _SURNAMES.split()[70:]),
        *(start + end for start in _STARTS.split() for end in _ENDS.split()),
    ],
    exponent=1.0,
    offset=8,
)
SURNAMES_ABROAD = Ranked(_ABROAD.split(), exponent=0.7, offset=4)
MEN = Ranked(_MEN.split(), exponent=0.9, offset=3)
MEN_SECOND = Ranked(_MEN_SECOND.split(), exponent=0.8, offset=2)
WOMEN = Ranked(_WOMEN.split(), exponent=0.8, offset=2)
WOMEN_SECOND = Ranked(_WOMEN_SECOND.split(), exponent=0.8, offset=2)
INVENTED = Ranked(
    [start + end for end in _INVENTED_ENDS.split() for start in _INVENTED_STARTS.split()], exponent=0.5, offset=10
)
"""Given names that Venezuelan parents make up: hardly two people have the same one."""
CARS = car_models(_CARS, first_share=0.5, first=5)
COLORS = ("Gris", "Blanco", "Negro", "Rojo", "Plata", "Azul", "Amarillo")
CITIES = Ranked(("Bogotá", "Soacha", "Tunja", "Pasto", "Bucaramanga", "Ibagué", "Cúcuta"), exponent=1.1)
